import {
  asyncScheduler,
  defer,
  type MonoTypeOperatorFunction,
  retry,
  type SchedulerLike,
  throwError,
  timer,
} from 'rxjs';
import { backoff, type BackoffOptions as Pauses } from '../../resilience/retry.ts';

export interface BackoffOptions extends Pauses {
  /** Whether to retry after an error. */
  readonly retryable: (error: unknown) => boolean;
  /** Called before each pause. */
  readonly onRetry?: (error: unknown, waitMs: number) => void;
  /** 0 (included) to 1 (excluded). @default Math.random */
  readonly random?: () => number;
  /** @default asyncScheduler */
  readonly scheduler?: SchedulerLike;
}

/** Resubscribes after each retryable error, without a limit; a value resets the pauses. See {@link backoff}. */
export function retryWithBackoff<T>(options: BackoffOptions): MonoTypeOperatorFunction<T> {
  const { retryable, onRetry, random, scheduler = asyncScheduler } = options;
  return (source$) =>
    defer(() => {
      let nextPause = backoff(options, random);
      return source$.pipe(
        retry({
          resetOnSuccess: true,
          delay: (error: unknown, attempt) => {
            if (!retryable(error)) return throwError(() => error);
            if (attempt === 1) nextPause = backoff(options, random);
            const waitMs = nextPause();
            onRetry?.(error, waitMs);
            return timer(waitMs, scheduler);
          },
        }),
      );
    });
}
