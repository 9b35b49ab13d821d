import { Fault } from '../../../../domain/errors.ts';
import type { ReserveItem } from '../../../../ports/ticket-queue.ts';
import { storedKey } from '../../../sql/stored-key.ts';
import type { Db } from '../../database.ts';
import { ID, isPlainId, padded, TICKET } from '../../packed.ts';
import { isConflict } from '../../sqlite-errors.ts';
import type { Grant } from './decide.ts';
import { addHoldings, isCounted } from './holdings.ts';
import { assertHeldOnce, insertTickets, SEVERAL, type SeveralRow } from './insert-several.ts';
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
/** ...and an array of the four for all others of one ticket. */
const FIELDS = 'value ->> 0, value ->> 1, value ->> 2, value ->> 3';

const INSERT_PACKED = insertOf('', PACKED);
const INSERT_FIELDS = insertOf('', FIELDS);
const INSERT_SEVERAL = insertOf(', held, more', SEVERAL);

function insertOf(columns: string, row: string): string {
  return `INSERT INTO queue_reservation (sale, fingerprint, reserved_at, epoch, batch, order_id, ticket, buyer, key${columns})
     SELECT ?, ?, ?, ?, ?, ${row} FROM json_each(?)`;
}

/**
 * Errors: Fault `corrupt` if an order id was used for another purchase, or a ticket is in use; then the call has to be rolled
 * back.
 */
export function insertGrants(db: Db, grants: readonly Grant<ReserveItem>[], { sale, now, batch }: GrantPlace): void {
  const insert = (sql: string, fingerprint: string, rows: readonly unknown[]): void => {
    if (rows.length > 0) db.run(sql, sale.n, fingerprint, now, sale.epoch, batch, JSON.stringify(rows));
  };
  let several = sale.several !== 0;
  try {
    for (const [fingerprint, rows] of rowsByFingerprint(grants)) {
      insert(INSERT_PACKED, fingerprint, rows.packed);
      insert(INSERT_FIELDS, fingerprint, rows.fields);
      if (rows.several.length === 0) continue;
      insert(INSERT_SEVERAL, fingerprint, rows.several);
      insertTickets(db, sale, rows.several);
      several = true;
    }
  } catch (error) {
    if (!isConflict(error)) throw error;
    throw new Fault('corrupt', 'an order id or a ticket of this batch is already in use', { cause: error });
  }
  if (several)
    assertHeldOnce(
      db,
      sale.n,
      grants.map(({ tickets }) => tickets),
    );
  if (isCounted(sale.per_buyer)) addHoldings(db, sale.n, buyersOf(grants));
}

/** The buyer of each ticket. */
function buyersOf(grants: readonly Grant<ReserveItem>[]): readonly string[] {
  const users: string[] = [];
  for (const { item, tickets } of grants) for (const _ of tickets) users.push(item.userId);
  return users;
}

interface Rows {
  readonly packed: string[];
  readonly fields: (readonly [orderId: string, ticket: number, userId: string, key: string | null])[];
  readonly several: SeveralRow[];
}

/** Most batches have one fingerprint: values that all rows share are passed once. */
function rowsByFingerprint(grants: readonly Grant<ReserveItem>[]): ReadonlyMap<string, Rows> {
  const groups = new Map<string, Rows>();
  for (const { item, tickets } of grants) {
    const { orderId, userId, key, fingerprint } = item;
    let rows = groups.get(fingerprint);
    if (rows === undefined) {
      rows = { packed: [], fields: [], several: [] };
      groups.set(fingerprint, rows);
    }
    const stored = storedKey(key, orderId);
    const ticket = tickets[0] as number;
    if (tickets.length > 1) rows.several.push([orderId, userId, stored, tickets]);
    else if (stored === null && isPlainId(orderId)) rows.packed.push(orderId + padded(ticket, TICKET) + userId);
    else rows.fields.push([orderId, ticket, userId, stored]);
  }
  return groups;
}
