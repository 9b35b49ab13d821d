import {
  concatMap,
  defer,
  expand,
  filter,
  finalize,
  from,
  ignoreElements,
  merge,
  type Observable,
  tap,
  timer,
} from 'rxjs';
import { isFault } from '../../domain/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Timers } from '../../ports/timers.ts';
import { type DueOptions, TouchedSales } from './touched-sales.ts';

export interface LiveRepairOptions extends DueOptions {
  /** Pause between two checks, at the least; milliseconds. */
  readonly everyMs: number;
  /** The pause after a check is at least this many times as long as the check took: it reads the whole log. */
  readonly pauseFactor: number;
  /** Pause after each page of the log, milliseconds. */
  readonly pagePauseMs: number;
}

export const liveRepairDefaults = {
  everyMs: 5000,
  // Longer than any write of the live view can be in flight, which a server that was suspended may still execute.
  quietMs: 10_000,
  busyMs: 60_000,
  // 2 % of the time.
  pauseFactor: 50,
  // Decoding a page blocks the event loop for a few milliseconds: buyers of the same process come first.
  pagePauseMs: 50,
  // Their figures are in memory until the check ends.
  maxSales: 100,
} as const satisfies LiveRepairOptions;

/** What a repair does: the same as the command. */
export interface LiveRebuilding<Sale extends { readonly changed: number }> {
  /** The sales of the log's last entries. Errors: retryable Faults. */
  recentSales(): Promise<Iterable<string>>;
  /** Sets the figures of these sales to those of the log; calls `pause` after each page of it. Errors: retryable Faults. */
  rebuild(saleIds: readonly string[], pause: () => Promise<void>): Promise<readonly Sale[]>;
}

export interface LiveRepairParts {
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly timers: Pick<Timers, 'wait' | 'scheduler'>;
  /** Called when a check failed and will be repeated. */
  readonly onRetry: (error: unknown, waitMs: number) => void;
  readonly options?: LiveRepairOptions;
}

interface Check<Sale> {
  readonly tookMs: number;
  readonly rebuilt: readonly Sale[];
  readonly fault?: unknown;
}

/**
 * Reconciles the live state with the log, and corrects it: every sale for which something was counted (`sales$`), soon after
 * it has become quiet, and at the start those of the log's last entries, whose worker may have been killed. So a lost update
 * does not stay, whoever lost it. Emits the sales whose figures were wrong.
 */
export function liveRepair<Sale extends { readonly changed: number }>(
  sales$: Observable<readonly string[]>,
  live: LiveRebuilding<Sale>,
  { clock, timers, onRetry, options = liveRepairDefaults }: LiveRepairParts,
): Observable<Sale> {
  return defer(() => {
    const touched = new TouchedSales();
    const stop = new AbortController();
    let isSeeded = false;

    const pause = async (): Promise<void> => {
      await timers.wait(options.pagePauseMs);
      stop.signal.throwIfAborted();
    };

    const check = async (): Promise<Check<Sale>> => {
      const startedAt = clock.monotonic();
      const took = () => clock.monotonic() - startedAt;
      try {
        if (!isSeeded) touched.touch(await live.recentSales(), startedAt);
        isSeeded = true;
        const saleIds = touched.due(startedAt, options);
        if (saleIds.length === 0) return { tookMs: 0, rebuilt: [] };
        const rebuilt = await live.rebuild(saleIds, pause);
        touched.checked(saleIds, startedAt);
        return { tookMs: took(), rebuilt };
      } catch (fault) {
        if (!isFault(fault) || !fault.retryable) throw fault;
        return { tookMs: took(), rebuilt: [], fault };
      }
    };

    const after = (waitMs: number) => timer(waitMs, timers.scheduler).pipe(concatMap(check));
    const checks$ = after(options.everyMs).pipe(
      expand(({ tookMs, fault }) => {
        const waitMs = Math.max(options.everyMs, tookMs * options.pauseFactor);
        if (fault !== undefined) onRetry(fault, waitMs);
        return after(waitMs);
      }),
      concatMap(({ rebuilt }) => from(rebuilt)),
      filter(({ changed }) => changed > 0),
    );
    const noted$ = sales$.pipe(
      tap((saleIds) => touched.touch(saleIds, clock.monotonic())),
      ignoreElements(),
    );
    return merge(noted$, checks$).pipe(finalize(() => stop.abort()));
  });
}
