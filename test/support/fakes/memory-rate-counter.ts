import { RATE_WINDOW_MS, type RateCounter } from '../../../src/ports/rate-counter.ts';

export interface MemoryRateCounterOptions {
  /** Milliseconds; only differences count. */
  readonly now: () => number;
  /** The delay of a request to the counter, and of its answer. @default none */
  readonly travel?: () => Promise<void>;
}

/** A rate counter in memory, with a delay. */
export class MemoryRateCounter implements RateCounter {
  calls = 0;
  readonly #windows = new Map<string, { used: number; readonly endsAt: number }>();

  constructor(private readonly options: MemoryRateCounterOptions) {}

  async count(key: string, points: number) {
    const { now, travel = async () => {} } = this.options;
    this.calls += 1;
    await travel();
    let window = this.#windows.get(key);
    if (window === undefined || now() >= window.endsAt) window = { used: 0, endsAt: now() + RATE_WINDOW_MS };
    window.used += points;
    this.#windows.set(key, window);
    const count = { used: window.used, endsInMs: window.endsAt - now() };
    await travel();
    return count;
  }
}
