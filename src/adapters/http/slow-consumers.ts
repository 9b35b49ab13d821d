import { type Waiter, WaitingList } from './waiting-list.ts';

export interface SlowConsumer extends Waiter {
  /** Whether it is on the list; changed by {@link SlowConsumers} only. */
  lagging: boolean;
  /** It has been on the list for the whole time that is allowed, and is off it now. */
  overdue(): void;
}

// Being late by a tick does no harm, and a tick costs next to nothing.
const TICKS = 10;

/** Those who read too little, and the one timer that watches over them. It keeps no process alive. */
export class SlowConsumers {
  readonly #list = new WaitingList<SlowConsumer>();
  readonly #timer: NodeJS.Timeout;

  constructor(withinMs: number) {
    this.#timer = setInterval(
      // One more, because the first tick after joining comes early.
      () => this.#list.tick(TICKS + 1, (laggard) => this.#overdue(laggard)),
      Math.ceil(withinMs / TICKS),
    );
    this.#timer.unref();
  }

  add(laggard: SlowConsumer): void {
    if (laggard.lagging) return;
    laggard.lagging = true;
    this.#list.add(laggard);
  }

  remove(laggard: SlowConsumer): void {
    if (!laggard.lagging) return;
    laggard.lagging = false;
    this.#list.remove(laggard);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #overdue(laggard: SlowConsumer): void {
    this.remove(laggard);
    laggard.overdue();
  }
}
