import { type Waiter, WaitingList } from './waiting-list.ts';

export interface Unanswered extends Waiter {
  /** Whether its body is still coming in; changed by {@link InFlight.move} only. */
  receiving: boolean;
  /** Its body did not arrive in time: ends it, and with it its place here. */
  cut(): void;
  /** Its handler did not answer in time: answers, and with it ends its place here. */
  answerOverdue(): void;
}

export interface TimeLimits {
  readonly bodyWithinMs: number;
  readonly answerWithinMs: number;
}

// The limits are generous, so being late by a tick does no harm; and a tick costs next to nothing.
const TICKS_PER_LIMIT = 10;

/** All requests that have no answer yet, and the one timer that watches over them. */
export class InFlight {
  readonly #receiving = new WaitingList<Unanswered>();
  readonly #answering = new WaitingList<Unanswered>();
  #timer: NodeJS.Timeout | undefined;
  #whenIdle: (() => void)[] = [];

  get size(): number {
    return this.#receiving.size + this.#answering.size;
  }

  /** Starts the timer; {@link InFlight.stop} ends it. It keeps no process alive. */
  watch({ bodyWithinMs, answerWithinMs }: TimeLimits): void {
    const tickMs = Math.ceil(Math.min(bodyWithinMs, answerWithinMs) / TICKS_PER_LIMIT);
    // One more, because the first tick after joining comes early.
    const bodyTicks = Math.ceil(bodyWithinMs / tickMs) + 1;
    const answerTicks = Math.ceil(answerWithinMs / tickMs) + 1;
    this.#timer = setInterval(() => {
      this.#receiving.tick(bodyTicks, (late) => late.cut());
      this.#answering.tick(answerTicks, (late) => late.answerOverdue());
    }, tickMs);
    this.#timer.unref();
  }

  add(request: Unanswered): void {
    (request.receiving ? this.#receiving : this.#answering).add(request);
  }

  remove(request: Unanswered): void {
    (request.receiving ? this.#receiving : this.#answering).remove(request);
    if (this.#whenIdle.length > 0) this.#tellIdle();
  }

  /** Its body begins or ends: another time limit, counted from now. */
  move(request: Unanswered, receiving: boolean): void {
    (request.receiving ? this.#receiving : this.#answering).remove(request);
    request.receiving = receiving;
    this.add(request);
  }

  /** Resolves when nothing is in flight, or after `graceMs`. */
  idle(graceMs: number): Promise<void> {
    if (this.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, graceMs);
      this.#whenIdle.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #tellIdle(): void {
    if (this.size > 0) return;
    const waiting = this.#whenIdle;
    this.#whenIdle = [];
    for (const tell of waiting) tell();
  }
}
