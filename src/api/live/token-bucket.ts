export interface Rate {
  /** Tokens that come back in a second. */
  readonly perSecond: number;
  /** Tokens that it holds at the most, and at first. */
  readonly burst: number;
}

/** Lets `burst` pass at once and `perSecond` in the long run. https://en.wikipedia.org/wiki/Token_bucket */
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

  /** Takes a token; false when there is none, which costs nothing. */
  take(nowMs: number): boolean {
    const { perSecond, burst } = this.rate;
    this.#tokens = Math.min(burst, this.#tokens + ((nowMs - this.#at) / 1000) * perSecond);
    this.#at = nowMs;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
