import { Fault } from '../../../../domain/errors.ts';
import { isOwnKey } from '../../../../domain/purchase.ts';
import type { ReserveItem } from '../../../../ports/ticket-queue.ts';
import type { Db } from '../../database.ts';
import { isConflict } from '../../sqlite-errors.ts';
import type { Grant } from './decide.ts';
import type { SaleRow } from './sale.ts';

export interface GrantPlace {
  readonly sale: SaleRow;
  /** The queue's clock, milliseconds since 1970. */
  readonly now: number;
  /** The row of `queue_pending` that lists them, or {@link PUBLISHED}. */
  readonly batch: number;
}

/** No row of `queue_pending` has this number. */
export const PUBLISHED = 0;

/** Errors: Fault `corrupt` when an order id stands for another purchase already; then nothing was done. */
export function insertGrants(db: Db, grants: readonly Grant<ReserveItem>[], { sale, now, batch }: GrantPlace): void {
  try {
    for (const [fingerprint, rows] of rowsByFingerprint(grants)) {
      db.run(
        `INSERT INTO queue_reservation (sale, order_id, ticket, buyer, key, fingerprint, reserved_at, epoch, batch)
         SELECT ?1, value ->> 0, value ->> 1, value ->> 2, value ->> 3, ?2, ?3, ?4, ?5 FROM json_each(?6)`,
        sale.n,
        fingerprint,
        now,
        sale.epoch,
        batch,
        JSON.stringify(rows),
      );
    }
  } catch (error) {
    if (!isConflict(error)) throw error;
    throw new Fault('corrupt', 'an order id or a ticket of this batch is taken', { cause: error });
  }
}

type Row = readonly [orderId: string, ticket: number, userId: string, key: string | null];

/** Mostly there is one: what is the same for all rows is not taken out of each. */
function rowsByFingerprint(grants: readonly Grant<ReserveItem>[]): ReadonlyMap<string, readonly Row[]> {
  const groups = new Map<string, Row[]>();
  for (const { item, ticket } of grants) {
    const { orderId, userId, key, fingerprint } = item;
    let rows = groups.get(fingerprint);
    if (rows === undefined) {
      rows = [];
      groups.set(fingerprint, rows);
    }
    rows.push([orderId, ticket, userId, isOwnKey(key, orderId) ? null : key]);
  }
  return groups;
}
