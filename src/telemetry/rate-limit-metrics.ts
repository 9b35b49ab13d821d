import { Counter, type Registry } from 'prom-client';

export interface RateLimited {
  /** Requests refused so far, by the limit that they exceeded. */
  readonly buyer: number;
  readonly address: number;
}

export interface RateLimitMetrics {
  /** Registers the refusal counts, read on each scrape. */
  readonly sampleRateLimited: (refused: () => RateLimited) => void;
}

export function createRateLimitMetrics(register: Registry): RateLimitMetrics {
  let refused = (): RateLimited => ({ buyer: 0, address: 0 });
  new Counter({
    name: 'floodgate_rate_limited_total',
    help: 'Requests answered 429 rate_limited over HTTP or by a purchase frame, by the limit that they exceeded.',
    labelNames: ['by'],
    registers: [register],
    collect() {
      this.reset();
      for (const [by, count] of Object.entries(refused())) this.inc({ by }, count);
    },
  });
  return {
    sampleRateLimited: (read) => {
      refused = read;
    },
  };
}
