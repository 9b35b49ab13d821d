import type { Clock } from '../../../src/ports/clock.ts';

/** A clock that moves only when the test advances it. */
export class ManualClock implements Clock {
  #ms = 0;

  /** The two clocks differ, so that confusing them makes a test fail. */
  constructor(private readonly wallAtStart = Date.UTC(2030, 0, 1)) {}

  readonly now = () => this.wallAtStart + this.#ms;
  readonly monotonic = () => this.#ms;

  advance(ms: number): void {
    this.#ms += ms;
  }
}
