import { AdaptiveLimit } from './adaptive-limit.ts';
import { WaitBound } from './wait-bound.ts';

export interface AdmissionLimits {
  readonly batchSize: number;
  /** Maximum number of batches in flight. */
  readonly concurrency: number;
  /** Maximum number of purchases waiting. */
  readonly capacity: number;
  readonly deadlineMs: number;
}

export interface FinishedBatch {
  /** Purchases served, without those dropped for being late. */
  readonly size: number;
  /** Milliseconds that queue and log took; undefined when they were not called, or refused at once. */
  readonly tookMs: number | undefined;
  /** Batches in flight, this one included. */
  readonly underWay: number;
  /** Purchases waiting while it was in flight. */
  readonly waiting: number;
}

/**
 * Share of the deadline that a purchase may wait under sustained overload: 100 ms of 2 s. A longer queue sells nothing
 * more, since it never runs empty anyway; it would only delay every accepted purchase.
 */
const WAIT_SHARE = 0.05;

/** This many may always wait if they are served within half of the deadline: refusing a small crowd gains nothing. */
const FEW = 1024;
const FEW_WAIT_SHARE = 0.5;

/**
 * Round trips up to this share of the deadline count as equally quick: 100 ms of 2 s. Under ten times the load it is
 * this process' own event-loop turns that grow longer, each with thousands of refusals, and fewer batches per turn
 * would only sell less.
 */
const QUICK_SHARE = 0.05;

/** Narrows the configured limits to what queue and log can currently handle. */
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

  /** Records a finished batch at `now`, monotonic milliseconds. Returns whether the limits may have changed. */
  observe({ size, tookMs, underWay, waiting }: FinishedBatch, now: number): boolean {
    const before = this.#concurrency.limit;
    const { deadlineMs, batchSize } = this.#configured;
    if (tookMs !== undefined) this.#concurrency.observe(Math.max(tookMs, deadlineMs * QUICK_SHARE), underWay);
    const measured = this.#wait.observe(size, waiting, now, (perMs) =>
      Math.max(
        perMs * deadlineMs * WAIT_SHARE,
        Math.min(FEW, perMs * deadlineMs * FEW_WAIT_SHARE),
        // At least as many may wait as may be in flight: with fewer, a turn would take less than it could, and that
        // would then be measured as the capacity.
        batchSize * this.#concurrency.limit,
      ),
    );
    return measured || this.#concurrency.limit !== before;
  }

  /** `configured` with concurrency and capacity lowered to the current limits. */
  narrowed<Limits extends AdmissionLimits>(configured: Limits): Limits {
    const capacity = this.#wait.within(configured.capacity);
    return { ...configured, concurrency: this.#concurrency.limit, capacity };
  }
}
