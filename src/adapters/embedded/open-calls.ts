import { Fault } from '../../domain/errors.ts';

type Start<Result> = (resolve: (result: Result) => void, reject: (error: unknown) => void) => void;

/** Counts the calls that are not answered yet, so that closing can wait for them. */
export class OpenCalls {
  #count = 0;
  #closing: Promise<void> | undefined;
  #idle: (() => void) | undefined;

  /** Errors: Fault `unavailable` after `close`, and what the call rejects with. */
  add<Result>(start: Start<Result>): Promise<Result> {
    if (this.#closing !== undefined) return Promise.reject(new Fault('unavailable', 'the database is closed'));
    this.#count += 1;
    return new Promise<Result>((resolve, reject) => {
      start(
        (result) => {
          this.#settled();
          resolve(result);
        },
        (error) => {
          this.#settled();
          reject(error);
        },
      );
    });
  }

  /** Refuses new calls, waits for the others, then runs `finish`: once, however often it is called. */
  close(finish: () => void | Promise<void>): Promise<void> {
    this.#closing ??= new Promise<void>((resolve) => {
      if (this.#count === 0) resolve();
      else this.#idle = resolve;
    }).then(finish);
    return this.#closing;
  }

  #settled(): void {
    this.#count -= 1;
    if (this.#count === 0) this.#idle?.();
  }
}
