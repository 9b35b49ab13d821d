import type { Engine } from './engine-types.ts';

/**
 * Acknowledgements are written together: a lost one costs a redelivery only, while one commit each would keep the disk
 * busy. Under load they share the commit of a purchase.
 */
const SAVE_DELAY_MS = 25;

/** The positions of the consumer groups of one log, written shortly after they changed. */
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

  /** Passes unsaved positions to the engine; calls that are made later see them. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const [group, next] of this.#unsaved) {
      this.#engine.call('log.ack', { group, next }).catch(() => {
        // Kept for the next flush, unless a later position was set meanwhile.
        if (!this.#unsaved.has(group)) this.#unsaved.set(group, next);
      });
    }
    this.#unsaved.clear();
  }
}
