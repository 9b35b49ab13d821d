import type { LiveSocket } from '../../ports/live-socket.ts';
import { type Rate, TokenBucket } from './token-bucket.ts';

export interface FrameRates {
  /** What is more is answered 429. */
  readonly frames: Rate;
  /** What is more than this is a flood. */
  readonly flood: Rate;
}

/** What is known of one connection. There may be tens of thousands: what most don't need is made when they do. */
export class LiveClient {
  /** The last good token, as the header that HTTP would carry; empty before. Whether it still is good is asked anew. */
  authorization = '';
  userId: string | undefined = undefined;
  readonly #frames: TokenBucket;
  readonly #flood: TokenBucket;
  #sales: Map<string, Subscription> | undefined = undefined;
  #requests = 0;

  constructor(
    readonly socket: LiveSocket,
    { frames, flood }: FrameRates,
    nowMs: number,
  ) {
    this.#frames = new TokenBucket(frames, nowMs);
    this.#flood = new TokenBucket(flood, nowMs);
  }

  /** The sales that it subscribed to; `asked` while it is not known whether there is such a sale. */
  get sales(): Map<string, Subscription> {
    this.#sales ??= new Map();
    return this.#sales;
  }

  /** Names a frame in the logs, and in what it causes. */
  nextRequestId(): string {
    this.#requests += 1;
    return `${this.socket.id}-${this.#requests.toString(36)}`;
  }

  /** Whether one more frame is welcome now. To be asked once a frame. */
  judge(nowMs: number): 'welcome' | 'tooMany' | 'flood' {
    if (!this.#flood.take(nowMs)) return 'flood';
    return this.#frames.take(nowMs) ? 'welcome' : 'tooMany';
  }
}

type Subscription = 'asked' | 'joined';
