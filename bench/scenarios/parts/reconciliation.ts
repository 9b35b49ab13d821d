import type { Verdict } from '../../runner/scenario.ts';

/** Reconciles the answers that buyers got with the orders that are stored. */
export class Reconciliation {
  readonly sales: string[] = [];
  #accepted = 0;
  #unanswered = 0;

  /**
   * Adds a load: its 201s, and how many purchases may have been sent and not answered. Those may be stored or not. A client
   * that does not wait for its last answers leaves at most one on each connection.
   */
  add(accepted: number, unanswered: number): void {
    this.#accepted += accepted;
    this.#unanswered += unanswered;
  }

  get accepted(): number {
    return this.#accepted;
  }

  verdict(stored: number): Verdict {
    const excess = stored - this.#accepted;
    return {
      ok: excess >= 0 && excess <= this.#unanswered,
      what: `${this.#accepted} answers 201, ${stored} stored orders (${excess} without an answer, at most ${this.#unanswered} allowed)`,
    };
  }
}
