import type { ServerClock } from './server-clock.ts';

/** Milliseconds after the connection opened: several at first, so that one of them meets little network delay. */
const FIRST_PINGS_MS = [0, 200, 500, 1_000, 2_000];

/** Short enough to detect a dead connection before the user does, and to keep proxies from closing an idle one. */
const PING_EVERY_MS = 10_000;

/** A server that sends nothing for this long after a ping counts as unreachable. */
const ANSWER_WITHIN_MS = 5_000;

export interface HeartbeatOptions {
  readonly clock: ServerClock;
  readonly sendPing: () => number;
  readonly onSilence: () => void;
}

/** Pings an open connection: each pong sets the clock, and silence after a ping is reported. */
export class Heartbeat {
  readonly #options: HeartbeatOptions;
  /** When each unanswered ping was sent, by its id. */
  readonly #sent = new Map<number, number>();
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();
  #silence: ReturnType<typeof setTimeout> | undefined;
  #regular: ReturnType<typeof setInterval> | undefined;

  constructor(options: HeartbeatOptions) {
    this.#options = options;
  }

  start(): void {
    this.stop();
    for (const delay of FIRST_PINGS_MS) this.#timers.add(setTimeout(() => this.ping(), delay));
    this.#regular = setInterval(() => this.ping(), PING_EVERY_MS);
  }

  stop(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    clearInterval(this.#regular);
    this.frameReceived();
    this.#sent.clear();
  }

  ping(): void {
    const { clock, sendPing, onSilence } = this.#options;
    const mark = clock.mark();
    this.#sent.set(sendPing(), mark);
    this.#silence ??= setTimeout(onSilence, ANSWER_WITHIN_MS);
  }

  /** Any frame proves that the server is reachable. */
  frameReceived(): void {
    clearTimeout(this.#silence);
    this.#silence = undefined;
  }

  pong(id: number, serverTime: string): void {
    const since = this.#sent.get(id);
    if (since === undefined) return;
    this.#sent.delete(id);
    this.#options.clock.observe(Date.parse(serverTime), since);
  }
}
