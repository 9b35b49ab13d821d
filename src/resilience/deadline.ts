import type { Clock } from '../ports/clock.ts';

/**
 * A purchase that has waited this share of its deadline is answered 503 at once; the rest is left for delivering the
 * answer.
 */
const ANSWER_SHARE = 0.95;

/**
 * How long a purchase may take, and which requests are late; the only place that decides it. A late request takes no
 * ticket and is not answered with an order. Recovery waits this long before it relies on which orders buyers may have
 * been answered with (docs/recovery.md).
 */
export class Deadline {
  constructor(
    private readonly clock: Pick<Clock, 'monotonic'>,
    /**
     * Milliseconds from the receipt of a request. May change while requests are in flight; the new value then applies
     * to them too.
     */
    public ms: number,
  ) {}

  /** Requests received before this time are late. Monotonic milliseconds; read once per batch. */
  lateBefore(): number {
    return this.clock.monotonic() - this.ms;
  }

  /** Requests received before this time must be answered now, whatever their outcome. Monotonic milliseconds. */
  answerDueBefore(): number {
    return this.clock.monotonic() - this.ms * ANSWER_SHARE;
  }
}
