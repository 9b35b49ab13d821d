/** Lets a loop sleep until it is woken; a wake-up that comes while it is awake is not missed. */
export class Wakeup {
  #woken = false;
  #wake: (() => void) | undefined;

  /** Discards earlier wake-ups: to be called before reading the state that others change. */
  reset(): void {
    this.#woken = false;
  }

  wake(): void {
    this.#woken = true;
    this.#wake?.();
  }

  /** Resolves with true at the next wake-up, at once if there was one since the last reset; with false after `ms`. */
  async sleep(ms?: number): Promise<boolean> {
    if (this.#woken) return true;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      if (ms !== undefined) timer = setTimeout(resolve, ms);
    });
    clearTimeout(timer);
    this.#wake = undefined;
    return this.#woken;
  }
}
