import type { Verdict } from '../../runner/scenario.ts';

/** Counts what buyers were told, to be held against what is stored. */
export class Books {
  readonly sales: string[] = [];
  #accepted = 0;
  #unanswered = 0;

  /**
   * A load has ended: of the purchases that were sent and not answered some may be stored. A client that doesn't wait for
   * its last answers leaves one a connection at the most.
   */
  add(accepted: number, unanswered: number): void {
    this.#accepted += accepted;
    this.#unanswered += unanswered;
  }

  get accepted(): number {
    return this.#accepted;
  }

  verdict(stored: number): Verdict {
    const uncounted = stored - this.#accepted;
    return {
      ok: uncounted >= 0 && uncounted <= this.#unanswered,
      what: `${this.#accepted} answers 201, ${stored} stored orders (${uncounted} without an answer, of at most ${this.#unanswered})`,
    };
  }
}
