/** Who is told of something. One that throws keeps nobody else from hearing; its error surfaces as uncaught. */
export class Listeners<T> {
  readonly #all = new Set<(value: T) => void>();

  get size(): number {
    return this.#all.size;
  }

  /** Returns what takes it off again. The same function may be added more than once. */
  add(listener: (value: T) => void): () => void {
    const own = (value: T): void => listener(value);
    this.#all.add(own);
    return () => void this.#all.delete(own);
  }

  tell(value: T): void {
    for (const listener of [...this.#all]) isolated(() => listener(value));
  }
}

/** Runs foreign code: what it throws is thrown again where it can't break off what we are at. */
export function isolated(body: () => void): void {
  try {
    body();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
