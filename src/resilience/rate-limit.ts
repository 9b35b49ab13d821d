import { RATE_WINDOW_MS, type RateCount, type RateCounter } from '../ports/rate-counter.ts';
import { type RateUsage, RateUsages } from './rate-usages.ts';

export interface RateLimitOptions {
  /** Distinguishes its keys from those of other limits. */
  readonly name: string;
  /** Requests per second of one key, over all processes; 0 for unlimited. Read on each use: it may change. */
  readonly perSecond: () => number;
  readonly counter: RateCounter;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  /** Maximum number of keys remembered; the most recent half of them is guaranteed. @default 200,000 */
  readonly maxKeys?: number;
}

/** A key's use of its limit, as far as this process knows. */
export interface RateStanding {
  /** Requests in a window. */
  readonly limit: number;
  readonly remaining: number;
  /** Milliseconds until the window ends. */
  readonly resetMs: number;
}

/** More keys than can occur within a window; each takes about 200 bytes. */
const MAX_KEYS = 200_000;

/**
 * What a process may admit before it calls the counter: a fiftieth of the limit, and at least two, for a click and a
 * second one.
 */
const UNSENT_SHARE = 0.02;
const MIN_UNSENT = 2;

/**
 * A limit per key over all processes that decides locally. Each process counts what it admits and sends the count to
 * the shared counter from a key's second request, or from some per cent of its limit, on, with one call in flight per
 * key at a time; the response says what the other processes have admitted meanwhile. So a buyer who clicks once costs
 * only a map lookup, a flood is reported as fast as the counter answers, and a key over its limit costs no further
 * calls until the window ends.
 *
 * Requests admitted in excess while a call was in flight are deducted from the next window. Over many windows a key
 * that asks constantly gets exactly its limit; within one window it may exceed it by what each process admits before it
 * calls, and while a call takes.
 */
export class RateLimit {
  /** Number of requests refused. */
  refused = 0;
  readonly #usages: RateUsages;

  constructor(private readonly options: RateLimitOptions) {
    this.#usages = new RateUsages(options.maxKeys ?? MAX_KEYS);
  }

  /** Whether a limit is set. */
  get on(): boolean {
    return this.options.perSecond() > 0;
  }

  /** Whether the key may make a request now; if so, it is counted. */
  take(key: string): boolean {
    const limit = this.options.perSecond();
    if (limit === 0) return true;
    const usage = this.#usages.at(key, this.options.now());
    const admitted = usage.used < limit;
    if (admitted) usage.unsent += 1;
    // At the limit the last requests are sent to the other processes too.
    if (usage.unsent >= sendThreshold(limit) || (!admitted && usage.unsent > 0)) this.#send(key, usage);
    if (!admitted) this.refused += 1;
    return admitted;
  }

  standing(key: string): RateStanding {
    const limit = this.options.perSecond();
    const now = this.options.now();
    const usage = this.#usages.at(key, now);
    return { limit, remaining: Math.max(0, limit - usage.used), resetMs: Math.max(0, usage.endsAt - now) };
  }

  #send(key: string, usage: RateUsage): void {
    if (usage.sent > 0 || usage.unsent === 0) return;
    const points = usage.unsent;
    usage.unsent = 0;
    usage.sent = points;
    void this.options.counter.count(`${this.options.name}:${key}`, points).then((count) => {
      usage.sent = 0;
      this.#learn(usage, points, count);
      if (usage.unsent >= sendThreshold(this.options.perSecond())) this.#send(key, usage);
    });
  }

  #learn(usage: RateUsage, points: number, { used, endsInMs }: RateCount): void {
    const limit = this.options.perSecond();
    usage.known = used;
    usage.endsAt = this.options.now() + Math.min(endsInMs, RATE_WINDOW_MS);
    // Each process is charged for the excess that it caused itself.
    if (used > limit) usage.debt += Math.min(points, used - limit);
  }
}

function sendThreshold(limit: number): number {
  return Math.min(limit, Math.max(MIN_UNSENT, Math.round(limit * UNSENT_SHARE)));
}
