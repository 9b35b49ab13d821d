/** Lets concurrent callers share one load per key, so that a stampede on a cold cache causes a single query. */
export class SingleFlight {
  readonly #loading = new Map<string, Promise<unknown>>();

  /**
   * Joins the load of this key that is under way, or starts one. `keep` receives the value of a load that was not
   * forgotten meanwhile. Errors: those of `load`, for all its callers.
   */
  run<T>(key: string, load: () => Promise<T>, keep: (value: T) => void): Promise<T> {
    const running = this.#loading.get(key);
    if (running !== undefined) return running as Promise<T>;
    const isCurrent = () => this.#loading.get(key) === promise;
    const promise: Promise<T> = load()
      .then((value) => {
        if (isCurrent()) keep(value);
        return value;
      })
      .finally(() => {
        if (isCurrent()) this.#loading.delete(key);
      });
    this.#loading.set(key, promise);
    return promise;
  }

  /** The next caller starts a new load. The one under way still answers its callers, but its value is not kept. */
  forget(key: string): void {
    this.#loading.delete(key);
  }
}
