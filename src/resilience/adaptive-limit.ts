/**
 * Limits the batches in flight by their latency: Gradient2 of Netflix' concurrency-limits
 * (https://github.com/Netflix/concurrency-limits). The recent latency is compared with the long-term one. While they
 * agree the limit grows; when the recent one is higher, a dependency has begun to queue, and fewer batches in flight
 * shorten its queue without costing throughput.
 */
export class AdaptiveLimit {
  #max: number;
  #limit: number;
  #shortMs = 0;
  #longMs = 0;
  #samples = 0;

  /**
   * @param max the configured bound, 1 or more. The limit starts there: a process without measurements has no reason to
   * wait.
   */
  constructor(max: number) {
    this.#max = max;
    this.#limit = max;
  }

  /** An integer from 1 to the bound. */
  get limit(): number {
    return Math.max(MIN_LIMIT, Math.floor(this.#limit));
  }

  set max(max: number) {
    // A limit at the bound follows it; only a limit that slow batches have lowered is kept.
    if (max < this.#limit || this.#limit === this.#max) this.#limit = max;
    this.#max = max;
  }

  /** Records a finished batch: how long it took and how many were in flight, itself included. */
  observe(tookMs: number, underWay: number): void {
    this.#samples += 1;
    this.#shortMs += (tookMs - this.#shortMs) * weight(SHORT_SAMPLES, this.#samples);
    this.#longMs += (tookMs - this.#longMs) * weight(LONG_SAMPLES, this.#samples);
    if (this.#samples <= SHORT_SAMPLES) return;
    // Otherwise the long-term mean of a slow period would make everything look quick for a long time, and hide the next
    // one.
    if (this.#longMs > this.#shortMs * FORGET_RATIO) this.#longMs *= FORGET_FACTOR;

    const gradient = Math.max(MIN_GRADIENT, Math.min(1, (TOLERANCE * this.#longMs) / this.#shortMs));
    // Under light load a latency says nothing about what more load would do.
    if (gradient === 1 && underWay < this.#limit / 2) return;
    const next = this.#limit * gradient + Math.sqrt(this.#limit) * HEADROOM;
    const smoothed = this.#limit + (next - this.#limit) * SMOOTHING;
    this.#limit = Math.max(MIN_LIMIT, Math.min(this.#max, smoothed));
  }
}

/** At least one batch must stay in flight, or recovery could not be observed. */
const MIN_LIMIT = 1;

/** About as many as are in flight at once: one pause of the garbage collector is not a slow server. */
const SHORT_SAMPLES = 10;

/** Half a second to a few seconds of full load, as in Gradient2. */
const LONG_SAMPLES = 600;

/** Latencies up to this multiple of the long-term one are noise: full batches take longer than small ones. */
const TOLERANCE = 2;

/** A single step keeps at least half of the limit, as in Gradient2. */
const MIN_GRADIENT = 0.5;

/**
 * Times the square root of the limit: with the smallest gradient the limit then settles at one, `x / 2 + sqrt(x) / 2 =
 * x`.
 */
const HEADROOM = 0.5;

/** Share of a step that is applied per sample, as in Gradient2. */
const SMOOTHING = 0.2;

/** As in Gradient2. */
const FORGET_RATIO = 2;
const FORGET_FACTOR = 0.95;

/** Plain mean until the window is full, exponential afterwards. */
function weight(window: number, samples: number): number {
  return 1 / Math.min(window, samples);
}
