export interface Rate {
  /** Tokens added per second. */
  readonly perSecond: number;
  /** The most tokens that it holds; it starts with as many. */
  readonly burst: number;
}

/** Allows `burst` at once and `perSecond` on average. https://en.wikipedia.org/wiki/Token_bucket */
export class TokenBucket {
  #tokens: number;
  #at: number;

  /** Times are monotonic milliseconds. */
  constructor(
    private readonly rate: Rate,
    nowMs: number,
  ) {
    this.#tokens = rate.burst;
    this.#at = nowMs;
  }

  /** Takes a token; false when there is none, and the refusal takes nothing. */
  take(nowMs: number): boolean {
    const { perSecond, burst } = this.rate;
    this.#tokens = Math.min(burst, this.#tokens + ((nowMs - this.#at) / 1000) * perSecond);
    this.#at = nowMs;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
