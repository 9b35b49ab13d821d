import type { Clock } from '../../../src/ports/clock.ts';

/** A machine's clock: its wall clock can be set, while the true time goes on for all machines. */
export class WrongClock implements Clock {
  /** Milliseconds that the wall clock is ahead of the true time. */
  offsetMs = 0;

  constructor(private readonly truth: Clock) {}

  readonly now = () => this.truth.now() + this.offsetMs;
  readonly monotonic = () => this.truth.monotonic();
}
