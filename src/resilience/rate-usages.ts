import { RATE_WINDOW_MS } from '../ports/rate-counter.ts';

/** A key's requests in the current window, as far as this process knows. */
export class RateUsage {
  /** Of all processes, as of the counter's last response. */
  known = 0;
  /** Of this process, in the call to the counter that is in flight. */
  sent = 0;
  /** Of this process, not sent to the counter yet. */
  unsent = 0;
  /** Admitted in excess of the limit; the next window starts with it. */
  debt = 0;

  /** @param endsAt when its window ends, monotonic milliseconds */
  constructor(public endsAt: number) {}

  get used(): number {
    return this.known + this.sent + this.unsent;
  }

  /** Starts a new window if the last one is over. Requests that were not sent yet count in the new one. */
  refresh(now: number): void {
    if (now < this.endsAt) return;
    this.known = 0;
    this.unsent += this.debt;
    this.debt = 0;
    this.endsAt = now + RATE_WINDOW_MS;
  }
}

/**
 * Usages by key, in two generations: a key that is idle for a window is dropped between one and two windows later,
 * without a timer or a scan. Never holds more than `maxKeys`: beyond that some are dropped sooner.
 */
export class RateUsages {
  #young = new Map<string, RateUsage>();
  #old = new Map<string, RateUsage>();
  #turnsAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly maxKeys: number) {}

  get size(): number {
    return this.#young.size + this.#old.size;
  }

  /** The key's usage in the window at `now`, monotonic milliseconds. */
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
    // After an idle period the young generation has expired too.
    this.#old = now < this.#turnsAt + RATE_WINDOW_MS ? this.#young : new Map();
    this.#young = new Map();
    this.#turnsAt = now + RATE_WINDOW_MS;
  }
}
