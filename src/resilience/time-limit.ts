import type { Timers } from '../ports/timers.ts';

export interface TimeLimitOptions<Late> {
  readonly ms: number;
  /** Returns the result, or throws, when the time is over first. */
  readonly onLate: () => Late;
  /** @default the event loop's timers */
  readonly after?: Timers['after'];
}

/**
 * Settles as `work` does, or by `onLate` after `ms` milliseconds, whichever comes first. The work itself is not
 * cancelled; its later result is ignored.
 */
export function withTimeLimit<T, Late>(
  work: PromiseLike<T>,
  { ms, onLate, after = afterTimeout }: TimeLimitOptions<Late>,
): Promise<T | Late> {
  return new Promise((resolve, reject) => {
    const cancel = after(ms, () => {
      try {
        resolve(onLate());
      } catch (error) {
        reject(error as Error);
      }
    });
    work.then(
      (value) => {
        cancel();
        resolve(value);
      },
      (error: unknown) => {
        cancel();
        reject(error as Error);
      },
    );
  });
}

function afterTimeout(ms: number, task: () => void): () => void {
  const timer = setTimeout(task, ms);
  return () => clearTimeout(timer);
}
