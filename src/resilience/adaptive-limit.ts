/**
 * How many batches may be under way, by how long they take: Netflix' concurrency-limits, Gradient2
 * (https://github.com/Netflix/concurrency-limits). What a batch takes now is held against what batches have taken for
 * long. While they agree the limit grows; when they take longer, something behind has begun to queue, and fewer under way
 * shorten its queue without costing throughput.
 */
export class AdaptiveLimit {
  #max: number;
  #limit: number;
  #shortMs = 0;
  #longMs = 0;
  #samples = 0;

  /** @param max the configured bound, 1 or more; it begins there, for a process that has seen nothing has no reason to wait. */
  constructor(max: number) {
    this.#max = max;
    this.#limit = max;
  }

  /** Whole, 1 to the bound. */
  get limit(): number {
    return Math.max(MIN_LIMIT, Math.floor(this.#limit));
  }

  set max(max: number) {
    // Who was at the bound stays there: only what was learnt from slow batches is kept.
    if (max < this.#limit || this.#limit === this.#max) this.#limit = max;
    this.#max = max;
  }

  /** A batch is done that took so long, with so many under way, itself included. */
  observe(tookMs: number, underWay: number): void {
    this.#samples += 1;
    this.#shortMs += (tookMs - this.#shortMs) * weight(SHORT_SAMPLES, this.#samples);
    this.#longMs += (tookMs - this.#longMs) * weight(LONG_SAMPLES, this.#samples);
    if (this.#samples <= SHORT_SAMPLES) return;
    // After a slow spell its length would make everything look quick for long, and hide the next one.
    if (this.#longMs > this.#shortMs * FORGET_RATIO) this.#longMs *= FORGET_FACTOR;

    const gradient = Math.max(MIN_GRADIENT, Math.min(1, (TOLERANCE * this.#longMs) / this.#shortMs));
    // Little load says nothing about what more of it would do.
    if (gradient === 1 && underWay < this.#limit / 2) return;
    const next = this.#limit * gradient + Math.sqrt(this.#limit) * HEADROOM;
    const smoothed = this.#limit + (next - this.#limit) * SMOOTHING;
    this.#limit = Math.max(MIN_LIMIT, Math.min(this.#max, smoothed));
  }
}

/** Something must stay under way: else nothing would ever tell that it goes well again. */
const MIN_LIMIT = 1;

/** About as many as are under way at once: one pause of the garbage collector is not a slow server. */
const SHORT_SAMPLES = 10;

/** Half a second to a few seconds of full load, as in Gradient2. */
const LONG_SAMPLES = 600;

/** Batches that take up to so many times as long as usual are noise: full ones take longer than small ones. */
const TOLERANCE = 2;

/** At the least half is kept at a time, as in Gradient2. */
const MIN_GRADIENT = 0.5;

/** Of the limit's root: with the smallest gradient the limit then settles at one, `x / 2 + sqrt(x) / 2 = x`. */
const HEADROOM = 0.5;

/** How much of a step is taken with one sample, as in Gradient2. */
const SMOOTHING = 0.2;

/** As in Gradient2. */
const FORGET_RATIO = 2;
const FORGET_FACTOR = 0.95;

/** A running mean counts all alike until it has seen as many as it looks back. */
function weight(window: number, samples: number): number {
  return 1 / Math.min(window, samples);
}
