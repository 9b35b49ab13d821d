import {
  asyncScheduler,
  defer,
  type MonoTypeOperatorFunction,
  retry,
  type SchedulerLike,
  throwError,
  timer,
} from 'rxjs';

export interface BackoffOptions {
  /** The shortest wait in milliseconds; the first one is up to three times as long. */
  readonly baseMs: number;
  /** Milliseconds between two tries at the most. */
  readonly capMs: number;
  /** Whether an error is worth another try. */
  readonly retryable: (error: unknown) => boolean;
  /** Told before each wait. */
  readonly onRetry?: (error: unknown, waitMs: number) => void;
  /** 0 (included) to 1 (excluded). @default Math.random */
  readonly random?: () => number;
  /** @default asyncScheduler */
  readonly scheduler?: SchedulerLike;
}

/**
 * Subscribes again after an error, for as long as it takes, with decorrelated jitter: each wait is drawn between the base
 * and three times the wait before, so that many clients of a server that comes back don't return as one wave.
 * https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export function retryWithBackoff<T>(options: BackoffOptions): MonoTypeOperatorFunction<T> {
  const { baseMs, capMs, retryable, onRetry, random = Math.random, scheduler = asyncScheduler } = options;
  return (source$) =>
    defer(() => {
      let waitMs = baseMs;
      return source$.pipe(
        retry({
          resetOnSuccess: true,
          delay: (error: unknown, attempt) => {
            if (!retryable(error)) return throwError(() => error);
            if (attempt === 1) waitMs = baseMs;
            waitMs = Math.min(capMs, baseMs + random() * (waitMs * 3 - baseMs));
            onRetry?.(error, waitMs);
            return timer(waitMs, scheduler);
          },
        }),
      );
    });
}
