import { AdaptiveLimit } from './adaptive-limit.ts';
import { WaitBound } from './wait-bound.ts';

export interface AdmissionLimits {
  readonly batchSize: number;
  /** The most batches under way. */
  readonly concurrency: number;
  /** The most that wait. */
  readonly capacity: number;
  readonly deadlineMs: number;
}

export interface FinishedBatch {
  readonly size: number;
  /** Milliseconds that queue and log took for it; undefined when they were not asked, or refused at once. */
  readonly tookMs: number | undefined;
  /** Batches under way, itself included. */
  readonly underWay: number;
  /** Those that waited while it was under way. */
  readonly waiting: number;
}

/**
 * What may wait, of the deadline: 200 ms of 2 s. The rest is for what lies behind the ring. A longer ring sells nothing
 * more, since it never runs empty anyway: all who are told yes would just be told so later.
 */
const WAIT_SHARE = 0.1;

/** Narrows the configured limits to what queue and log bear just now. */
export class Admission {
  #configured: AdmissionLimits;
  readonly #concurrency: AdaptiveLimit;
  readonly #wait = new WaitBound();

  constructor(configured: AdmissionLimits) {
    this.#configured = configured;
    this.#concurrency = new AdaptiveLimit(configured.concurrency);
  }

  configure(configured: AdmissionLimits): void {
    this.#configured = configured;
    this.#concurrency.max = configured.concurrency;
  }

  /** Takes in what a batch tells, at `now` in monotonic milliseconds. Returns whether the limits may have changed. */
  observe({ size, tookMs, underWay, waiting }: FinishedBatch, now: number): boolean {
    const before = this.#concurrency.limit;
    if (tookMs !== undefined) this.#concurrency.observe(tookMs, underWay);
    const { deadlineMs, batchSize } = this.#configured;
    // One full batch may always wait: with less there would be nothing to measure by.
    const measured = this.#wait.observe(size, waiting, now, deadlineMs * WAIT_SHARE, batchSize);
    return measured || this.#concurrency.limit !== before;
  }

  /** `configured` but for concurrency and capacity, which are that or less. */
  narrowed<Limits extends AdmissionLimits>(configured: Limits): Limits {
    const capacity = this.#wait.within(configured.capacity);
    return { ...configured, concurrency: this.#concurrency.limit, capacity };
  }
}
