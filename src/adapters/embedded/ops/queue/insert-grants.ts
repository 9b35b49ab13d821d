import { Fault } from '../../../../domain/errors.ts';
import type { ReserveItem } from '../../../../ports/ticket-queue.ts';
import { storedKey } from '../../../sql/stored-key.ts';
import type { Db } from '../../database.ts';
import { ID, isPlainId, padded, TICKET } from '../../packed.ts';
import { isConflict } from '../../sqlite-errors.ts';
import type { Grant } from './decide.ts';
import { addHoldings, isCounted } from './holdings.ts';
import type { SaleRow } from './sale.ts';

export interface GrantPlace {
  readonly sale: SaleRow;
  /** The queue's clock, milliseconds since 1970. */
  readonly now: number;
  /** The row of `queue_pending` that lists the orders, or {@link PUBLISHED}. */
  readonly batch: number;
}

/** No row of `queue_pending` has this number. */
export const PUBLISHED = 0;

/** How an element of the JSON array is read: a string of id, ticket and buyer for purchases without a key of their own... */
const PACKED = `substr(value, 1, ${ID}), substr(value, ${1 + ID}, ${TICKET}) + 0, substr(value, ${1 + ID + TICKET}), NULL`;
/** ...and an array of the four for all others. */
const FIELDS = 'value ->> 0, value ->> 1, value ->> 2, value ->> 3';

const [INSERT_PACKED, INSERT_FIELDS] = [PACKED, FIELDS].map(
  (row) =>
    `INSERT INTO queue_reservation (sale, fingerprint, reserved_at, epoch, batch, order_id, ticket, buyer, key)
     SELECT ?, ?, ?, ?, ?, ${row} FROM json_each(?)`,
) as [string, string];

/** Errors: Fault `corrupt` if an order id was used for another purchase; then nothing was changed. */
export function insertGrants(db: Db, grants: readonly Grant<ReserveItem>[], { sale, now, batch }: GrantPlace): void {
  const insert = (sql: string, fingerprint: string, rows: readonly unknown[]): void => {
    if (rows.length > 0) db.run(sql, sale.n, fingerprint, now, sale.epoch, batch, JSON.stringify(rows));
  };
  try {
    for (const [fingerprint, { packed, fields }] of rowsByFingerprint(grants)) {
      insert(INSERT_PACKED, fingerprint, packed);
      insert(INSERT_FIELDS, fingerprint, fields);
    }
  } catch (error) {
    if (!isConflict(error)) throw error;
    throw new Fault('corrupt', 'an order id or a ticket of this batch is already in use', { cause: error });
  }
  if (isCounted(sale.per_buyer))
    addHoldings(
      db,
      sale.n,
      grants.map(({ item }) => item.userId),
    );
}

interface Rows {
  readonly packed: string[];
  readonly fields: (readonly [orderId: string, ticket: number, userId: string, key: string | null])[];
}

/** Most batches have one fingerprint: values that all rows share are passed once. */
function rowsByFingerprint(grants: readonly Grant<ReserveItem>[]): ReadonlyMap<string, Rows> {
  const groups = new Map<string, Rows>();
  for (const { item, ticket } of grants) {
    const { orderId, userId, key, fingerprint } = item;
    let rows = groups.get(fingerprint);
    if (rows === undefined) {
      rows = { packed: [], fields: [] };
      groups.set(fingerprint, rows);
    }
    const stored = storedKey(key, orderId);
    if (stored === null && isPlainId(orderId)) rows.packed.push(orderId + padded(ticket, TICKET) + userId);
    else rows.fields.push([orderId, ticket, userId, stored]);
  }
  return groups;
}
