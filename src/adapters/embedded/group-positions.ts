import type { Engine } from './engine-types.ts';

/**
 * Acknowledgements are written together: a lost one costs a redelivery, a commit for each would cost the disk. Under
 * load they share the commit of some purchase.
 */
const SAVE_DELAY_MS = 25;

/** Where the groups of one log go on, written a moment after they changed. */
export class GroupPositions {
  readonly #engine: Engine;
  readonly #unsaved = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  set(group: string, next: number): void {
    this.#unsaved.set(group, next);
    this.#timer ??= setTimeout(() => this.flush(), SAVE_DELAY_MS).unref();
  }

  /** Hands what is unsaved to the engine; calls that are made later see it. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const [group, next] of this.#unsaved) {
      this.#engine.call('log.ack', { group, next }).catch(() => {
        // Kept for the next flush, unless a later position is there by then.
        if (!this.#unsaved.has(group)) this.#unsaved.set(group, next);
      });
    }
    this.#unsaved.clear();
  }
}
