/**
 * Lets callers share runs of a task such that none gets the result of a run that began before it asked: a caller joins
 * the next run, which begins when the current one has ended. So there is one run at a time, however many callers.
 */
export class NextFlight {
  #current: Promise<void> | undefined;
  #next: Promise<void> | undefined;

  constructor(private readonly task: () => Promise<void>) {}

  /** Errors: those of the task, for all callers of the run. */
  run(): Promise<void> {
    if (this.#current === undefined) return this.#start();
    this.#next ??= this.#current.then(
      () => this.#start(),
      () => this.#start(),
    );
    return this.#next;
  }

  #start(): Promise<void> {
    this.#next = undefined;
    const run = this.task().finally(() => {
      if (this.#current === run) this.#current = undefined;
    });
    this.#current = run;
    return run;
  }
}
