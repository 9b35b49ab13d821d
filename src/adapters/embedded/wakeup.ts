/** Lets one loop sleep until something happens; what happens while it is awake is not missed. */
export class Wakeup {
  #woken = false;
  #wake: (() => void) | undefined;

  /** Forgets what happened so far: call it before looking at the state that others change. */
  reset(): void {
    this.#woken = false;
  }

  wake(): void {
    this.#woken = true;
    this.#wake?.();
  }

  /** Resolves at the next wake, or at once if there was one since the last reset, or after `ms`; false for the last. */
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
