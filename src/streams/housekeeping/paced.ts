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
  options: Pick<HousekeepingOptions, 'restShare' | 'restAtMostMs' | 'scheduler'>,
): Observable<T> {
  const timed = () =>
    defer(() => {
      const startedAt = clock.monotonic();
      return from(work()).pipe(
        map((batch) => ({ ...batch, restMs: restAfter(clock.monotonic() - startedAt, options) })),
      );
    });
  return timed().pipe(
    expand(({ more, restMs }) => (more ? timer(restMs, options.scheduler).pipe(mergeMap(timed)) : EMPTY)),
    mergeMap(({ results }) => results),
  );
}

/** Pause after a full batch, milliseconds: other users of the databases get their share of the time. */
export function restAfter(
  tookMs: number,
  { restShare, restAtMostMs }: Pick<HousekeepingOptions, 'restShare' | 'restAtMostMs'>,
): number {
  return Math.min(tookMs * restShare, restAtMostMs);
}

/** Delays completion after a result with a fault, so that the next attempt is made later, not at once. */
export function pauseAfterFault<T extends { readonly fault?: unknown }>(
  results$: Observable<T>,
  { faultRestMs, scheduler }: Pick<HousekeepingOptions, 'faultRestMs' | 'scheduler'>,
): Observable<T> {
  return defer(() => {
    let failed = false;
    return concat(
      results$.pipe(tap(({ fault }) => (failed ||= fault !== undefined))),
      defer(() => (failed ? timer(faultRestMs, scheduler).pipe(ignoreElements()) : EMPTY)),
    );
  });
}
