import type { ServerClock } from './server-clock.ts';

/** Moments after the opening, milliseconds: several at first, so that one of them finds the network idle. */
const FIRST_PINGS_MS = [0, 200, 500, 1_000, 2_000];

/** Often enough to notice a dead connection before a buyer does, and to keep proxies from closing an idle one. */
const PING_EVERY_MS = 10_000;

/** A server that is silent for so long after a ping is not there. */
const ANSWER_WITHIN_MS = 5_000;

export interface HeartbeatOptions {
  readonly clock: ServerClock;
  readonly sendPing: () => number;
  readonly onSilence: () => void;
}

/** Pings an open connection: each answer sets the clock, and a missing one means that nobody is there. */
export class Heartbeat {
  readonly #options: HeartbeatOptions;
  /** When each ping was sent that has no answer yet, by its id. */
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
    this.heard();
    this.#sent.clear();
  }

  ping(): void {
    const { clock, sendPing, onSilence } = this.#options;
    const mark = clock.mark();
    this.#sent.set(sendPing(), mark);
    this.#silence ??= setTimeout(onSilence, ANSWER_WITHIN_MS);
  }

  /** Any frame shows that somebody is there. */
  heard(): void {
    clearTimeout(this.#silence);
    this.#silence = undefined;
  }

  pong(id: number, serverTime: string): void {
    const since = this.#sent.get(id);
    if (since === undefined) return;
    this.#sent.delete(id);
    this.#options.clock.heard(Date.parse(serverTime), since);
  }
}
