import { type Waiter, WaitingList } from '../http/waiting-list.ts';

/** One who may fall silent. */
export interface Silent extends Waiter {
  /** Whether it was pinged since it was heard; changed by {@link SilenceWatch} only. */
  pinged: boolean;
  /** Asks for a sign of life. */
  ping(): void;
  /** None came. */
  lost(): void;
}

// Fine enough for a limit of seconds, and a tick costs next to nothing.
const TICKS = 8;
/** Half the time is for speaking up by itself, half for answering the ping. */
const TICKS_A_STAGE = TICKS / 2;
/** What a timer can measure, in seconds: nothing longer than 24 days, and shorter than this would be pings only. */
const IDLE_SECONDS = { min: 1, max: 86_400 } as const;

/** Pings who was not heard for half of `idleSeconds` and gives up who was not heard for all of them. */
export class SilenceWatch {
  readonly #quiet = new WaitingList<Silent>();
  readonly #pinged = new WaitingList<Silent>();
  readonly #timer: NodeJS.Timeout;

  constructor(idleSeconds: number) {
    const seconds = Math.min(IDLE_SECONDS.max, Math.max(IDLE_SECONDS.min, idleSeconds));
    this.#timer = setInterval(() => this.#tick(), (seconds * 1000) / TICKS);
    this.#timer.unref();
  }

  add(one: Silent): void {
    one.pinged = false;
    this.#quiet.add(one);
  }

  heard(one: Silent): void {
    this.remove(one);
    this.add(one);
  }

  remove(one: Silent): void {
    (one.pinged ? this.#pinged : this.#quiet).remove(one);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #tick(): void {
    this.#pinged.tick(TICKS_A_STAGE, (one) => {
      this.heard(one);
      one.lost();
    });
    // One more, because the first tick after joining comes early.
    this.#quiet.tick(TICKS_A_STAGE + 1, (one) => {
      this.#quiet.remove(one);
      one.pinged = true;
      this.#pinged.add(one);
      one.ping();
    });
  }
}
