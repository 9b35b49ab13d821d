import { concat, defer, EMPTY, expand, from, ignoreElements, map, mergeMap, type Observable, tap, timer } from 'rxjs';
import type { HousekeepingOptions, HousekeepingPorts } from './contract.ts';

/** What one batch came to. */
export interface Batch<T> {
  readonly results: readonly T[];
  /** There may be another one to do. */
  readonly more: boolean;
}

/**
 * Batch after batch until there is no more to do, with a rest after each that depends on how long it took. Unsubscribed,
 * it finishes the batch at hand.
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

/** How long to rest after a full batch, milliseconds: whoever shares the databases gets their time too. */
export function restAfter(
  tookMs: number,
  { restShare, restAtMostMs }: Pick<HousekeepingOptions, 'restShare' | 'restAtMostMs'>,
): number {
  return Math.min(tookMs * restShare, restAtMostMs);
}

/** Goes on for a while behind a result with a fault, so that what waits for its end tries again later, not at once. */
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
