import type { Clock } from '../ports/clock.ts';

/** A purchase that has waited this share of its deadline is answered 503 at once; the rest is for the way back. */
const ANSWER_SHARE = 0.95;

/**
 * How long a purchase may take, and which ones are late: the one place that judges it. What is late takes no ticket and is
 * told of no order. Recovery waits as long before it counts what buyers were told (docs/recovery.md).
 */
export class Deadline {
  constructor(
    private readonly clock: Pick<Clock, 'monotonic'>,
    /** Milliseconds from the receipt of a request. May change while requests are under way; then the new one counts. */
    public ms: number,
  ) {}

  /** Requests received before this moment are late. Monotonic milliseconds; to be read once a batch. */
  lateBefore(): number {
    return this.clock.monotonic() - this.ms;
  }

  /** Requests received before this moment must be answered now, whatever becomes of them. Monotonic milliseconds. */
  answerDueBefore(): number {
    return this.clock.monotonic() - this.ms * ANSWER_SHARE;
  }
}
