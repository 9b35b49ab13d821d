import { Fault } from '../../../../domain/errors.ts';
import type { ReserveItem } from '../../../../ports/ticket-queue.ts';
import { storedKey } from '../../../sql/stored-key.ts';
import type { Db } from '../../database.ts';
import { ID, isPlainId, padded, TICKET } from '../../packed.ts';
import { isConflict } from '../../sqlite-errors.ts';
import type { Grant } from './decide.ts';
import { addHoldingsOf, isCounted } from './holdings.ts';
import { insertGrants, PUBLISHED } from './insert-grants.ts';
import type { SaleRow } from './sale.ts';

/** What one of several sales has granted, published in the same transaction. */
export interface SaleGrants {
  readonly sale: SaleRow;
  /** The queue's clock, milliseconds since 1970. */
  readonly now: number;
  readonly grants: readonly Grant<ReserveItem>[];
}

/** Digits of a sale's number, and of its epoch. */
const NUMBER = 10;
const AT = {
  id: 1,
  ticket: 1 + ID,
  sale: 1 + ID + TICKET,
  epoch: 1 + ID + TICKET + NUMBER,
  buyer: 1 + ID + TICKET + 2 * NUMBER,
};

/** As in insert-grants.ts, with the sale and its epoch in each element. */
const PACKED = `substr(value, ${AT.id}, ${ID}), substr(value, ${AT.ticket}, ${TICKET}) + 0, substr(value, ${AT.buyer}), NULL,
  substr(value, ${AT.sale}, ${NUMBER}) + 0, substr(value, ${AT.epoch}, ${NUMBER}) + 0`;
const FIELDS = 'value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5';

const INSERT_PACKED = insertOf(PACKED);
const INSERT_FIELDS = insertOf(FIELDS);

function insertOf(row: string): string {
  return `INSERT INTO queue_reservation (fingerprint, reserved_at, batch, order_id, ticket, buyer, key, sale, epoch)
     SELECT ?, ?, ${PUBLISHED}, ${row} FROM json_each(?)`;
}

interface Rows {
  readonly fingerprint: string;
  readonly now: number;
  readonly packed: string[];
  readonly fields: (readonly (string | number | null)[])[];
}

/** `insertGrants` for several sales, with as many statements as for one. Errors: as `insertGrants`. */
export function insertGrantsOf(db: Db, sales: readonly SaleGrants[]): void {
  const rows = new Map<string, Rows>();
  const holdings: (readonly [sale: number, buyer: string])[] = [];
  for (const one of sales) {
    const { sale, now, grants } = one;
    if (hasSeveral(one)) {
      insertGrants(db, grants, { sale, now, batch: PUBLISHED });
      continue;
    }
    addRows(rows, one);
    if (isCounted(sale.per_buyer)) for (const { item } of grants) holdings.push([sale.n, item.userId]);
  }
  try {
    for (const { fingerprint, now, packed, fields } of rows.values()) {
      if (packed.length > 0) db.run(INSERT_PACKED, fingerprint, now, JSON.stringify(packed));
      if (fields.length > 0) db.run(INSERT_FIELDS, fingerprint, now, JSON.stringify(fields));
    }
  } catch (error) {
    if (!isConflict(error)) throw error;
    throw new Fault('corrupt', 'an order id or a ticket of these batches is already in use', { cause: error });
  }
  if (holdings.length > 0) addHoldingsOf(db, holdings);
}

/** Orders of several tickets, in this call or an earlier one, need more than the inserts. */
function hasSeveral({ sale, grants }: SaleGrants): boolean {
  return sale.several !== 0 || grants.some(({ tickets }) => tickets.length > 1);
}

/** Values that many rows share are passed once. */
function addRows(groups: Map<string, Rows>, { sale, now, grants }: SaleGrants): void {
  const place = padded(sale.n, NUMBER) + padded(sale.epoch, NUMBER);
  for (const { item, tickets } of grants) {
    const { orderId, userId, key, fingerprint } = item;
    const group = `${now} ${fingerprint}`;
    let rows = groups.get(group);
    if (rows === undefined) {
      rows = { fingerprint, now, packed: [], fields: [] };
      groups.set(group, rows);
    }
    const stored = storedKey(key, orderId);
    const ticket = tickets[0] as number;
    if (stored === null && isPlainId(orderId)) rows.packed.push(orderId + padded(ticket, TICKET) + place + userId);
    else rows.fields.push([orderId, ticket, userId, stored, sale.n, sale.epoch]);
  }
}
