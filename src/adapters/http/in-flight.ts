import { performance } from 'node:perf_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { withTimeLimit } from '../../resilience/time-limit.ts';
import { EmptySignal } from './empty-signal.ts';
import { type TimeoutEntry, TimeoutQueue } from './timeout-queue.ts';

export interface InFlightRequest extends TimeoutEntry {
  /** Whether its body is still arriving; changed by {@link InFlight.move} only. */
  receiving: boolean;
  /** Its body did not arrive in time: ends the connection, and removes the request. */
  abort(): void;
  /** Its handler did not answer in time: answers in its place, and removes the request. */
  answerOverdue(): void;
}

export interface TimeLimits {
  readonly bodyWithinMs: number;
  readonly answerWithinMs: number;
}

/**
 * The time limits of a front, the last resort on every route: `answerWithinMs` counts from the end of the body until a
 * handler that failed to answer is answered for with 503. It is independent of the deadline of a purchase
 * (REQUEST_DEADLINE_MS, src/resilience/deadline.ts), by which the purchase stream answers itself. It must be longer than
 * that deadline and than the time limits of all dependencies.
 */
export const DEFAULT_TIME_LIMITS: TimeLimits = {
  // A body of 16 KiB arrives in a second on the slowest of phones; the rest is for lost packets.
  bodyWithinMs: 10_000,
  answerWithinMs: 10_000,
};

// The limits are generous, so being late by a tick does no harm; and a tick costs next to nothing.
const TICKS_PER_LIMIT = 10;

/** All requests without an answer, and the one timer that enforces their time limits. */
export class InFlight {
  /** Whether each answer is the last one of its connection. */
  draining = false;
  readonly #receiving = new TimeoutQueue<InFlightRequest>();
  readonly #answering = new TimeoutQueue<InFlightRequest>();
  readonly #empty = new EmptySignal();
  #timer: NodeJS.Timeout | undefined;

  get size(): number {
    return this.#receiving.size + this.#answering.size;
  }

  /** Starts the timer; {@link InFlight.stop} ends it. It does not keep the process alive. */
  start({ bodyWithinMs, answerWithinMs }: TimeLimits): void {
    const tickMs = Math.ceil(Math.min(bodyWithinMs, answerWithinMs) / TICKS_PER_LIMIT);
    // One more, because the first tick after an entry was added comes early.
    const bodyTicks = Math.ceil(bodyWithinMs / tickMs) + 1;
    const answerTicks = Math.ceil(answerWithinMs / tickMs) + 1;
    this.#timer = setInterval(() => {
      this.#receiving.tick(bodyTicks, (request) => request.abort());
      this.#answering.tick(answerTicks, (request) => request.answerOverdue());
    }, tickMs);
    this.#timer.unref();
  }

  add(request: InFlightRequest): void {
    (request.receiving ? this.#receiving : this.#answering).add(request);
  }

  remove(request: InFlightRequest): void {
    (request.receiving ? this.#receiving : this.#answering).remove(request);
    if (this.size === 0) this.#empty.notify();
  }

  /** Its body begins or ends: the other time limit applies, counted from now. */
  move(request: InFlightRequest, receiving: boolean): void {
    (request.receiving ? this.#receiving : this.#answering).remove(request);
    request.receiving = receiving;
    this.add(request);
  }

  /**
   * Resolves when no request is in flight, nor was sent by the time that the last one was answered; or after `graceMs`. The
   * answers are written by then.
   */
  async idle(graceMs: number): Promise<void> {
    const end = performance.now() + graceMs;
    let late = false;
    const onLate = (): void => {
      late = true;
    };
    for (;;) {
      if (this.size > 0) await withTimeLimit(this.#empty.wait(), { ms: end - performance.now(), onLate });
      if (late) return;
      // Two turns of the event loop: the second begins after everything that had arrived was read.
      await nextTurn();
      await nextTurn();
      if (this.size === 0) return;
    }
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
