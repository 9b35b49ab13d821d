import { type MonoTypeOperatorFunction, tap } from 'rxjs';
import { retryWithBackoff } from '../streams/operators/retry-with-backoff.ts';
import type { RoleObserver, Runtime } from './runtime.ts';

// Streams never fail by design; if one does it is a bug, and resubscribing at full speed would only add load.
const RESTART = { baseMs: 100, capMs: 10_000 } as const;

/** Subscribes to a stream again when a fault escapes its stages, and reports the fault. */
export function supervise<T>(
  name: string,
  { timers, random }: Pick<Runtime, 'timers' | 'random'>,
  { streamFailed }: RoleObserver,
): MonoTypeOperatorFunction<T> {
  return (source$) =>
    source$.pipe(
      tap({ error: (error) => streamFailed(name, error) }),
      retryWithBackoff({ ...RESTART, retryable: () => true, random, scheduler: timers.scheduler }),
    );
}
