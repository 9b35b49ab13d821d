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
import { pauseAfterFault, restAfter } from './paced.ts';

/** A sale's turn: whether it takes another one, after which rest, and what the one before came to. */
interface Turn {
  readonly saleId: string;
  readonly another: boolean;
  readonly restMs: number;
  readonly result?: Expired;
}

interface Watched {
  readonly watched: readonly { readonly id: string }[];
  readonly fault?: unknown;
}

/**
 * Expires what is due. Sales take turns of one batch, a few at once, so that a sale with a long list holds up no other. One
 * that had a full batch rests and takes another turn, until a batch is not full. Ticks pass over a sale that is at it.
 */
export function expire(
  tick$: Observable<unknown>,
  ports: HousekeepingPorts,
  options: HousekeepingOptions,
  inHand: Set<string>,
): Observable<Expired> {
  const { clock, sales } = ports;
  const { scheduler } = options;

  const turnOf = async (saleId: string): Promise<Turn> => {
    const startedAt = clock.monotonic();
    const { isFull, result } = await expireBatch(saleId, ports, options.batchSize, inHand);
    const restMs = restAfter(clock.monotonic() - startedAt, options);
    return { saleId, another: isFull, restMs, result };
  };

  const salesNow = (): Observable<Watched> =>
    defer(sales).pipe(
      map((watched) => ({ watched })),
      catchError((fault: unknown) => of({ watched: [], fault })),
    );

  return defer(() => {
    const atIt = new Set<string>();

    const firstTurns = ({ watched, fault }: Watched) => {
      if (fault !== undefined) return of<Turn>({ saleId: '', another: false, restMs: 0, result: unread(fault) });
      const idle = watched.filter(({ id }) => !atIt.has(id));
      for (const { id } of idle) atIt.add(id);
      return from(idle.map(({ id }): Turn => ({ saleId: id, another: true, restMs: 0 })));
    };
    const nextTurn = ({ saleId, another, restMs }: Turn) => {
      if (!another) return EMPTY;
      return restMs === 0 ? turnOf(saleId) : timer(restMs, scheduler).pipe(mergeMap(() => turnOf(saleId)));
    };
    /** A sale with a fault is passed over by ticks until it has rested, but takes nobody's turn meanwhile. */
    const resultOf = ({ saleId, another, result }: Turn): Observable<Expired> => {
      if (result === undefined) return EMPTY;
      if (another) return of(result);
      return pauseAfterFault(of(result), options).pipe(tap({ complete: () => atIt.delete(saleId) }));
    };

    return tick$.pipe(
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
