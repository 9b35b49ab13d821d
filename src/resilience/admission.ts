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
  /** Purchases that it served; who was dropped for being late is not among them. */
  readonly size: number;
  /** Milliseconds that queue and log took for it; undefined when they were not asked, or refused at once. */
  readonly tookMs: number | undefined;
  /** Batches under way, itself included. */
  readonly underWay: number;
  /** Those that waited while it was under way. */
  readonly waiting: number;
}

/**
 * What may wait under lasting overload, of the deadline: 100 ms of 2 s. A longer ring sells nothing more, since it never
 * runs empty anyway: all who are told yes would just be told so later.
 */
const WAIT_SHARE = 0.05;

/** So many may always wait if they are served within half of the deadline: refusing a small crowd gains nothing. */
const FEW = 1024;
const FEW_WAIT_SHARE = 0.5;

/**
 * Round trips up to so much of the deadline count as equally quick: 100 ms of 2 s. Under ten times the load it is this
 * process' own turns that grow longer, each with thousands of refusals, and fewer batches a turn would sell less for it.
 */
const QUICK_SHARE = 0.05;

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
    const { deadlineMs, batchSize } = this.#configured;
    if (tookMs !== undefined) this.#concurrency.observe(Math.max(tookMs, deadlineMs * QUICK_SHARE), underWay);
    const measured = this.#wait.observe(size, waiting, now, (perMs) =>
      Math.max(
        perMs * deadlineMs * WAIT_SHARE,
        Math.min(FEW, perMs * deadlineMs * FEW_WAIT_SHARE),
        // As many may always wait as may be under way: with fewer a turn would take fewer than it could, which would then
        // be taken for all that can be done.
        batchSize * this.#concurrency.limit,
      ),
    );
    return measured || this.#concurrency.limit !== before;
  }

  /** `configured` but for concurrency and capacity, which are that or less. */
  narrowed<Limits extends AdmissionLimits>(configured: Limits): Limits {
    const capacity = this.#wait.within(configured.capacity);
    return { ...configured, concurrency: this.#concurrency.limit, capacity };
  }
}
