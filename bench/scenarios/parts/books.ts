import type { Verdict } from '../../runner/scenario.ts';

/** Counts what buyers were told, to be held against what is stored. */
export class Books {
  readonly sales: string[] = [];
  #accepted = 0;
  #inFlight = 0;

  /** A load has ended: what was on its way then, one purchase a connection at the most, is stored and was not counted. */
  add(accepted: number, connections: number): void {
    this.#accepted += accepted;
    this.#inFlight += connections;
  }

  get accepted(): number {
    return this.#accepted;
  }

  verdict(stored: number): Verdict {
    const uncounted = stored - this.#accepted;
    return {
      ok: uncounted >= 0 && uncounted <= this.#inFlight,
      what: `${this.#accepted} answers 201, ${stored} stored orders (${uncounted} were on their way when a load ended)`,
    };
  }
}
