import { type Waiter, WaitingList } from './waiting-list.ts';

export interface Laggard extends Waiter {
  /** Whether it is on the list; changed by {@link Laggards} only. */
  lagging: boolean;
  /** It has been on the list for the whole time that is allowed, and is off it now. */
  overdue(): void;
}

// Being late by a tick does no harm, and a tick costs next to nothing.
const TICKS = 10;

/** Those who read too little, and the one timer that watches over them. It keeps no process alive. */
export class Laggards {
  readonly #list = new WaitingList<Laggard>();
  readonly #timer: NodeJS.Timeout;

  constructor(withinMs: number) {
    this.#timer = setInterval(
      // One more, because the first tick after joining comes early.
      () => this.#list.tick(TICKS + 1, (laggard) => this.#overdue(laggard)),
      Math.ceil(withinMs / TICKS),
    );
    this.#timer.unref();
  }

  add(laggard: Laggard): void {
    if (laggard.lagging) return;
    laggard.lagging = true;
    this.#list.add(laggard);
  }

  remove(laggard: Laggard): void {
    if (!laggard.lagging) return;
    laggard.lagging = false;
    this.#list.remove(laggard);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #overdue(laggard: Laggard): void {
    this.remove(laggard);
    laggard.overdue();
  }
}
