import type { Clock } from '../../../src/ports/clock.ts';

/** The clock of one machine: its wall clock may differ from the true time, its monotonic clock does not. */
export class SkewedClock implements Clock {
  /** Milliseconds by which the wall clock is ahead of the true time. */
  offsetMs = 0;

  constructor(private readonly truth: Clock) {}

  readonly now = () => this.truth.now() + this.offsetMs;
  readonly monotonic = () => this.truth.monotonic();
}
