import { RATE_WINDOW_MS } from '../ports/rate-counter.ts';

/** What a key has used of its window, as far as this process knows. */
export class RateUsage {
  /** By everybody, as of the counter's last answer. */
  known = 0;
  /** By this process: on the way to the counter. */
  told = 0;
  /** By this process: the counter doesn't know yet. */
  untold = 0;
  /** Let through beyond the limit; the next window begins with it. */
  debt = 0;

  /** `endsAt`: when its window ends, monotonic milliseconds. */
  constructor(public endsAt: number) {}

  get used(): number {
    return this.known + this.told + this.untold;
  }

  /** Begins a window if the last one is over. What nobody was told of counts in the new one. */
  refresh(now: number): void {
    if (now < this.endsAt) return;
    this.known = 0;
    this.untold += this.debt;
    this.debt = 0;
    this.endsAt = now + RATE_WINDOW_MS;
  }
}

/**
 * Usages by key, in two generations: a key that was silent for a window is forgotten between one window later and two,
 * without a timer and without looking for it. Never more than `maxKeys`: then some are forgotten sooner.
 */
export class RateUsages {
  #young = new Map<string, RateUsage>();
  #old = new Map<string, RateUsage>();
  #turnsAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly maxKeys: number) {}

  get size(): number {
    return this.#young.size + this.#old.size;
  }

  /** The key's usage in the window of this moment, monotonic milliseconds. */
  at(key: string, now: number): RateUsage {
    if (now >= this.#turnsAt) this.#turn(now);
    let usage = this.#young.get(key);
    if (usage === undefined) {
      usage = this.#old.get(key) ?? new RateUsage(now + RATE_WINDOW_MS);
      this.#old.delete(key);
      if (this.#young.size >= this.maxKeys / 2) this.#turn(now);
      this.#young.set(key, usage);
    }
    usage.refresh(now);
    return usage;
  }

  #turn(now: number): void {
    // After a silence even the young ones are too old.
    this.#old = now < this.#turnsAt + RATE_WINDOW_MS ? this.#young : new Map();
    this.#young = new Map();
    this.#turnsAt = now + RATE_WINDOW_MS;
  }
}
