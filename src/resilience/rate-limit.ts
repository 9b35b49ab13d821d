import { RATE_WINDOW_MS, type RateCount, type RateCounter } from '../ports/rate-counter.ts';
import { type RateUsage, RateUsages } from './rate-usages.ts';

export interface RateLimitOptions {
  /** Tells its keys from those of other limits. */
  readonly name: string;
  /** Requests a second of one key, over all processes; 0 for any number. Read anew each time: it may change. */
  readonly perSecond: () => number;
  readonly counter: RateCounter;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  /** Keys that are remembered at the most, half of them for sure. @default 200,000 */
  readonly maxKeys?: number;
}

/** Where a key stands, as far as this process knows. */
export interface RateStanding {
  /** Requests in a window. */
  readonly limit: number;
  readonly remaining: number;
  /** Milliseconds until the window ends. */
  readonly resetMs: number;
}

/** More than can come within a window; each takes about 200 bytes. */
const MAX_KEYS = 200_000;

/** What a process may let through before it tells: a fiftieth of the limit, and a click and a second one. */
const UNTOLD_SHARE = 0.02;
const UNTOLD_AT_LEAST = 2;

/**
 * A limit for each key over all processes that asks nobody before it answers. Each process counts what it lets through,
 * tells the common counter from the second request of a key or some per cent of its limit on, one call under way at a
 * time, and learns from the answer what the others have let through meanwhile. So a buyer who clicks once costs nothing
 * but a look at a map, one who floods is told of as fast as the counter answers, and who is over the limit costs nothing
 * again until the window ends.
 *
 * What is let through too much because an answer was under way is taken off the next window. Over many windows a key that
 * always asks gets its limit; in one it gets more by what each process lets through untold, and while a call takes.
 */
export class RateLimit {
  /** Requests that were refused. */
  refused = 0;
  readonly #usages: RateUsages;

  constructor(private readonly options: RateLimitOptions) {
    this.#usages = new RateUsages(options.maxKeys ?? MAX_KEYS);
  }

  /** Whether there is a limit at all. */
  get on(): boolean {
    return this.options.perSecond() > 0;
  }

  /** Whether the key may make a request now; if so, it is counted. */
  take(key: string): boolean {
    const limit = this.options.perSecond();
    if (limit === 0) return true;
    const usage = this.#usages.at(key, this.options.now());
    const admitted = usage.used < limit;
    if (admitted) usage.untold += 1;
    // At the limit the others learn the last ones, too.
    if (usage.untold >= untoldAt(limit) || (!admitted && usage.untold > 0)) this.#tell(key, usage);
    if (!admitted) this.refused += 1;
    return admitted;
  }

  standing(key: string): RateStanding {
    const limit = this.options.perSecond();
    const now = this.options.now();
    const usage = this.#usages.at(key, now);
    return { limit, remaining: Math.max(0, limit - usage.used), resetMs: Math.max(0, usage.endsAt - now) };
  }

  #tell(key: string, usage: RateUsage): void {
    if (usage.told > 0 || usage.untold === 0) return;
    const points = usage.untold;
    usage.untold = 0;
    usage.told = points;
    void this.options.counter.count(`${this.options.name}:${key}`, points).then((count) => {
      usage.told = 0;
      this.#learn(usage, points, count);
      if (usage.untold >= untoldAt(this.options.perSecond())) this.#tell(key, usage);
    });
  }

  #learn(usage: RateUsage, points: number, { used, endsInMs }: RateCount): void {
    const limit = this.options.perSecond();
    usage.known = used;
    usage.endsAt = this.options.now() + Math.min(endsInMs, RATE_WINDOW_MS);
    // Of those that told of too much each is charged what itself has brought.
    if (used > limit) usage.debt += Math.min(points, used - limit);
  }
}

function untoldAt(limit: number): number {
  return Math.min(limit, Math.max(UNTOLD_AT_LEAST, Math.round(limit * UNTOLD_SHARE)));
}
