import { concat, defer, EMPTY, expand, from, ignoreElements, map, mergeMap, type Observable, tap, timer } from 'rxjs';
import type { HousekeepingOptions, HousekeepingPorts } from './contract.ts';

/** The results of one batch. */
export interface Batch<T> {
  readonly results: readonly T[];
  /** Another batch may be needed. */
  readonly more: boolean;
}

/**
 * Runs batches until there is no more to do, with a pause after each that depends on how long it took. When
 * unsubscribed, it finishes the batch in progress.
 */
export function paced<T>(
  work: () => Promise<Batch<T>>,
  { clock }: Pick<HousekeepingPorts, 'clock'>,
  options: Pick<HousekeepingOptions, 'pauseFactor' | 'maxPauseMs' | 'scheduler'>,
): Observable<T> {
  const timed = () =>
    defer(() => {
      const startedAt = clock.monotonic();
      return from(work()).pipe(
        map((batch) => ({ ...batch, pauseMs: pauseAfterBatch(clock.monotonic() - startedAt, options) })),
      );
    });
  return timed().pipe(
    expand(({ more, pauseMs }) => (more ? timer(pauseMs, options.scheduler).pipe(mergeMap(timed)) : EMPTY)),
    mergeMap(({ results }) => results),
  );
}

/** Pause after a full batch, milliseconds: other users of the databases get their share of the time. */
export function pauseAfterBatch(
  tookMs: number,
  { pauseFactor, maxPauseMs }: Pick<HousekeepingOptions, 'pauseFactor' | 'maxPauseMs'>,
): number {
  return Math.min(tookMs * pauseFactor, maxPauseMs);
}

/** Delays completion after a result with a fault, or one that waits, so that the next attempt is made later, not at once. */
export function pauseAfterFault<T extends { readonly fault?: unknown; readonly waits?: boolean }>(
  results$: Observable<T>,
  { faultPauseMs, scheduler }: Pick<HousekeepingOptions, 'faultPauseMs' | 'scheduler'>,
): Observable<T> {
  return defer(() => {
    let failed = false;
    return concat(
      results$.pipe(tap(({ fault, waits }) => (failed ||= fault !== undefined || waits === true))),
      defer(() => (failed ? timer(faultPauseMs, scheduler).pipe(ignoreElements()) : EMPTY)),
    );
  });
}
