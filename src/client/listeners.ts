/** A set of listeners. One that throws does not keep the others from being called; its error surfaces as uncaught. */
export class Listeners<T> {
  readonly #all = new Set<(value: T) => void>();

  get size(): number {
    return this.#all.size;
  }

  /** Returns a function that removes the listener. The same function may be added more than once. */
  add(listener: (value: T) => void): () => void {
    const own = (value: T): void => listener(value);
    this.#all.add(own);
    return () => void this.#all.delete(own);
  }

  notify(value: T): void {
    for (const listener of [...this.#all]) isolated(() => listener(value));
  }
}

/** Runs a callback of the application; an error is rethrown in a microtask, so that it does not interrupt the caller. */
export function isolated(body: () => void): void {
  try {
    body();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
