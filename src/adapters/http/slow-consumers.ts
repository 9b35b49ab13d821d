import { type TimeoutEntry, TimeoutQueue } from './timeout-queue.ts';

export interface SlowConsumer extends TimeoutEntry {
  /** Whether it is in the queue; changed by {@link SlowConsumers} only. */
  slow: boolean;
  /** It has been slow for the whole time limit; it was removed from the queue. */
  overdue(): void;
}

// Being late by a tick does no harm, and a tick costs next to nothing.
const TICKS_PER_LIMIT = 10;

/** Connections whose client reads too slowly, and the one timer that limits how long. It does not keep the process alive. */
export class SlowConsumers {
  readonly #queue = new TimeoutQueue<SlowConsumer>();
  readonly #timer: NodeJS.Timeout;

  constructor(withinMs: number) {
    this.#timer = setInterval(
      // One more, because the first tick after an entry was added comes early.
      () => this.#queue.tick(TICKS_PER_LIMIT + 1, (consumer) => this.#overdue(consumer)),
      Math.ceil(withinMs / TICKS_PER_LIMIT),
    );
    this.#timer.unref();
  }

  add(consumer: SlowConsumer): void {
    if (consumer.slow) return;
    consumer.slow = true;
    this.#queue.add(consumer);
  }

  remove(consumer: SlowConsumer): void {
    if (!consumer.slow) return;
    consumer.slow = false;
    this.#queue.remove(consumer);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #overdue(consumer: SlowConsumer): void {
    this.remove(consumer);
    consumer.overdue();
  }
}
