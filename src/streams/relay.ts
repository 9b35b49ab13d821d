import { concatMap, exhaustMap, from, type Observable } from 'rxjs';
import { recordOf } from '../domain/log-record.ts';
import type { Sale } from '../domain/sale.ts';
import type { OrderLog } from '../ports/order-log.ts';
import type { TicketQueue } from '../ports/ticket-queue.ts';

export interface RelayPorts {
  readonly queue: Pick<TicketQueue, 'claimStranded' | 'published'>;
  readonly log: Pick<OrderLog, 'append'>;
  /** The sales that may have reservations, read on each tick. */
  readonly sales: () => Promise<readonly Sale[]>;
}

export interface RelayOptions {
  /**
   * How long a reservation may remain unpublished before it counts as stranded. Longer than the log's own time limit
   * for a record (10 s), so that a merely slow record is not published twice.
   */
  readonly leaseMs: number;
  /** Reservations in one record. */
  readonly batchSize: number;
}

export const relayDefaults = { leaseMs: 15_000, batchSize: 64 } as const satisfies RelayOptions;

/** The original request id was lost with the front. */
const RELAYED_REQUEST = 'relay';

/** What the relay did for one sale; `fault` if it did not finish, in which case the next tick tries again. */
export interface Relayed {
  readonly saleId: string;
  readonly relayed: number;
  readonly fault?: unknown;
}

/**
 * Publishes the reservations that a dead front has left unpublished, with their stored order ids. A tick is dropped
 * while the previous one is still being processed. A record that turns out to be in the log already has no effect in
 * the store.
 */
export function relay(
  tick$: Observable<unknown>,
  { queue, log, sales }: RelayPorts,
  options: RelayOptions = relayDefaults,
): Observable<Relayed> {
  const relayAll = async (): Promise<Relayed[]> => {
    try {
      return await Promise.all((await sales()).map(relaySale));
    } catch (fault) {
      return [{ saleId: '', relayed: 0, fault }];
    }
  };

  const relaySale = async (sale: Sale): Promise<Relayed> => {
    const done = new Set<string>();
    try {
      for (;;) {
        const claimed = await queue.claimStranded(sale.id, { leaseMs: options.leaseMs, max: options.batchSize });
        // A queue that returns reservations just marked must not keep this loop running forever.
        const stranded = claimed.filter(({ orderId }) => !done.has(orderId));
        if (stranded.length === 0) return { saleId: sale.id, relayed: done.size };
        const orderIds = stranded.map(({ orderId }) => orderId);
        const items = stranded.map((reservation) => ({ ...reservation, requestId: RELAYED_REQUEST }));
        await log.append(recordOf(sale, items));
        await queue.published(sale.id, sale.epoch, orderIds);
        for (const orderId of orderIds) done.add(orderId);
      }
    } catch (fault) {
      return { saleId: sale.id, relayed: done.size, fault };
    }
  };

  return tick$.pipe(
    exhaustMap(relayAll),
    concatMap((results) => from(results)),
  );
}
