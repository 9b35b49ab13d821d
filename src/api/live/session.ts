import type { LiveSocket } from '../../ports/live-socket.ts';
import { type Rate, TokenBucket } from './token-bucket.ts';

export interface FrameRates {
  /** A frame beyond this rate is answered 429. */
  readonly frames: Rate;
  /** A frame beyond this rate closes the socket. */
  readonly flood: Rate;
}

/** `pending` while the sale is being looked up. */
type Subscription = 'pending' | 'joined';

/** The state of one connection. There may be tens of thousands, so what most never need is created on first use. */
export class LiveSession {
  /** The last valid token, as an Authorization header; empty without one. It may have expired since. */
  authorization = '';
  userId: string | undefined = undefined;
  readonly #frames: TokenBucket;
  readonly #flood: TokenBucket;
  #subscriptions: Map<string, Subscription> | undefined = undefined;
  #requests = 0;

  constructor(
    readonly socket: LiveSocket,
    { frames, flood }: FrameRates,
    nowMs: number,
  ) {
    this.#frames = new TokenBucket(frames, nowMs);
    this.#flood = new TokenBucket(flood, nowMs);
  }

  /** By sale id. */
  get subscriptions(): Map<string, Subscription> {
    this.#subscriptions ??= new Map();
    return this.#subscriptions;
  }

  /** Identifies a frame in the logs, and everything that it causes. */
  nextRequestId(): string {
    this.#requests += 1;
    return `${this.socket.id}-${this.#requests.toString(36)}`;
  }

  /** Whether a frame that has just arrived is within the limits. Call it once per frame. */
  checkRate(nowMs: number): 'ok' | 'tooMany' | 'flood' {
    if (!this.#flood.take(nowMs)) return 'flood';
    return this.#frames.take(nowMs) ? 'ok' : 'tooMany';
  }
}
