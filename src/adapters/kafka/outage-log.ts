/**
 * Logs each reason once in an outage, of which a client reports a few over and over. Comparing with the last one would
 * not be enough (log-on-change.ts): the producer and the readers report theirs in turn.
 */
export class OutageLog {
  readonly #log: (reason: string) => void;
  readonly #logged = new Set<string>();

  constructor(log: (reason: string) => void) {
    this.#log = log;
  }

  report(reason: string): void {
    if (this.#logged.has(reason)) return;
    this.#logged.add(reason);
    this.#log(reason);
  }

  /** The outage is over: from now on every reason is logged again. */
  recovered(): void {
    if (this.#logged.size > 0) this.#logged.clear();
  }
}
