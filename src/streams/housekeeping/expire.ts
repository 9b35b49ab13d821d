import {
  catchError,
  defer,
  EMPTY,
  exhaustMap,
  expand,
  filter,
  from,
  map,
  mergeMap,
  type Observable,
  of,
  tap,
  timer,
} from 'rxjs';
import type { HousekeepingOptions, HousekeepingPorts } from './contract.ts';
import { type Expired, expireBatch } from './expire-batch.ts';
import { createExpiryClock } from './expiry-clock.ts';
import { pauseAfterBatch, pauseAfterFault } from './paced.ts';

/** A sale's turn: the result of its last batch, and whether another one follows, after which pause. */
interface Turn {
  readonly saleId: string;
  readonly another: boolean;
  readonly pauseMs: number;
  readonly result?: Expired;
}

interface Watched {
  readonly watched: readonly { readonly id: string }[];
  readonly fault?: unknown;
}

/**
 * Expires due orders. Sales take turns of one batch, a few concurrently, so that a sale with a long backlog does not
 * delay the others. After a full batch a sale pauses and takes another turn, until a batch is not full. Ticks skip a
 * sale that is still being worked on.
 */
export function expire(
  tick$: Observable<unknown>,
  ports: HousekeepingPorts,
  options: HousekeepingOptions,
  expiring: Set<string>,
): Observable<Expired> {
  const { clock, sales } = ports;
  const expiryNow = createExpiryClock({ clock, onJump: (jump) => options.onClockJump?.(jump) });
  const { scheduler } = options;

  const turnOf = async (saleId: string): Promise<Turn> => {
    const startedAt = clock.monotonic();
    const { isFull, result } = await expireBatch(saleId, { ...ports, expiryNow }, options.batchSize, expiring);
    const pauseMs = pauseAfterBatch(clock.monotonic() - startedAt, options);
    return { saleId, another: isFull, pauseMs, result };
  };

  const salesNow = (): Observable<Watched> =>
    defer(sales).pipe(
      map((watched) => ({ watched })),
      catchError((fault: unknown) => of({ watched: [], fault })),
    );

  return defer(() => {
    const busy = new Set<string>();

    const firstTurns = ({ watched, fault }: Watched) => {
      if (fault !== undefined) return of<Turn>({ saleId: '', another: false, pauseMs: 0, result: unread(fault) });
      const idle = watched.filter(({ id }) => !busy.has(id));
      for (const { id } of idle) busy.add(id);
      return from(idle.map(({ id }): Turn => ({ saleId: id, another: true, pauseMs: 0 })));
    };
    const nextTurn = ({ saleId, another, pauseMs }: Turn) => {
      if (!another) return EMPTY;
      return pauseMs === 0 ? turnOf(saleId) : timer(pauseMs, scheduler).pipe(mergeMap(() => turnOf(saleId)));
    };
    /** Ticks skip a sale with a fault until its pause is over, but meanwhile it occupies no turn. */
    const resultOf = ({ saleId, another, result }: Turn): Observable<Expired> => {
      if (result === undefined) return EMPTY;
      if (another) return of(result);
      return pauseAfterFault(of(result), options).pipe(tap({ complete: () => busy.delete(saleId) }));
    };

    return tick$.pipe(
      tap(() => expiryNow()),
      exhaustMap(() => pauseAfterFault(salesNow(), options)),
      mergeMap(firstTurns),
      expand(nextTurn, options.salesAtOnce),
      mergeMap(resultOf),
      filter(({ expired, fault }) => expired > 0 || fault !== undefined),
    );
  });
}

function unread(fault: unknown): Expired {
  return { step: 'expire', expired: 0, returned: 0, fault };
}
