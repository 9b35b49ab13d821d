import { MAX_QUANTITY } from '../../../../domain/order.ts';
import { isOwnKey } from '../../../../domain/purchase.ts';
import { MAX_HELD_NAMED, type ReserveItem } from '../../../../ports/ticket-queue.ts';
import type { Db } from '../../database.ts';
import { holdings, isCounted, someHeld } from './holdings.ts';
import type { SaleRow } from './sale.ts';
import { FORFEITED, KEY } from './schema.ts';
import { type TicketColumns, ticketsOf } from './tickets.ts';

/** What a decision about a purchase needs to know of a reservation. */
export interface KnownReservation {
  readonly orderId: string;
  readonly userId: string;
  readonly key: string;
  readonly fingerprint: string;
  readonly tickets: readonly number[];
  readonly reservedAt: number;
  readonly batch: number;
}

/** What the buyers of one batch hold, and the reservations that answer for keys of the batch. */
export class KnownBuyers {
  readonly #byKey = new Map<string, KnownReservation>();
  /** Those whose key is their order's own. */
  readonly #byId = new Map<string, KnownReservation>();
  readonly #held = new Map<string, string[]>();
  /** By how many tickets those orders have more than one each; empty as long as none has several. */
  readonly #more = new Map<string, number>();
  /** The tickets of buyers whose orders are not listed. */
  readonly #counts: ReadonlyMap<string, number>;

  constructor(
    private readonly db: Db,
    private readonly sale: number,
    counts: ReadonlyMap<string, number>,
  ) {
    this.#counts = counts;
  }

  /** From now on the reservation answers for its key. */
  answer(reservation: KnownReservation): void {
    const { orderId, userId, key } = reservation;
    if (isOwnKey(key, orderId)) this.#byId.set(orderId, reservation);
    else this.#byKey.set(keyOf(userId, key), reservation);
  }

  /** The buyer holds this order, which has so many tickets. */
  hold(userId: string, orderId: string, tickets: number): void {
    const orders = this.#held.get(userId);
    if (orders === undefined) this.#held.set(userId, [orderId]);
    else orders.push(orderId);
    if (tickets > 1) this.#more.set(userId, this.#moreOf(userId) + tickets - 1);
  }

  /** The reservation that answers for the item's key. */
  answerFor({ orderId, userId, key }: ReserveItem): KnownReservation | undefined {
    if (!isOwnKey(key, orderId)) return this.#byKey.get(keyOf(userId, key));
    const known = this.#byId.get(orderId);
    return known?.userId === userId ? known : undefined;
  }

  /** How many tickets the buyer holds. */
  count(userId: string): number {
    return (this.#counts.get(userId) ?? 0) + (this.#held.get(userId)?.length ?? 0) + this.#moreOf(userId);
  }

  /** The buyer's orders, up to MAX_HELD_NAMED. */
  named(userId: string): readonly string[] {
    const listed = this.#held.get(userId) ?? [];
    const stored = this.#counts.has(userId) ? someHeld(this.db, this.sale, userId) : [];
    return [...stored, ...listed].slice(0, MAX_HELD_NAMED).sort();
  }

  #moreOf(userId: string): number {
    return this.#more.size === 0 ? 0 : (this.#more.get(userId) ?? 0);
  }
}

export const NO_COUNTS: ReadonlyMap<string, number> = new Map();

/** User ids and keys may contain any character: the length says where the user id ends. */
function keyOf(userId: string, key: string): string {
  return `${userId.length} ${userId}${key}`;
}

/** A reservation as the buyers' index has it; `held` is how many tickets it holds, and 0 for those that are not listed. */
export type Indexed = readonly [orderId: string, userId: string, key: string | null, held: number];

interface Wanted {
  /** Buyers whose live orders are listed; each has few. */
  readonly users: readonly string[];
  /** Keys that may belong to reservations that are not listed. */
  readonly keys: readonly (readonly [userId: string, key: string])[];
  /** Orders that may be among those, of those whose key is their own. */
  readonly orderIds: readonly string[];
}

/**
 * One lookup in an index for each purchase, for what the buyer holds, and another for each that has a key, which may belong
 * to a released reservation. The table itself is read only for keys that were used before.
 */
export function knownBuyers(db: Db, row: SaleRow, items: readonly ReserveItem[]): KnownBuyers {
  const { n: sale, per_buyer } = row;
  let newest: string | undefined;
  const asked = askedIn(items, () => {
    newest ??= newestOrder(db, sale);
    return newest;
  });
  const counted = isCounted(per_buyer);
  const users = [...asked.users];
  const known = new KnownBuyers(db, sale, counted ? holdings(db, sale, users) : NO_COUNTS);
  const wanted = { users: counted ? [] : users, keys: [...asked.keys.values()], orderIds: [...asked.orderIds] };
  addIndexed(db, sale, known, asked, indexed(db, sale, wanted, notListed(row)));
  return known;
}

/** What the items of one sale ask for. */
export interface Asked {
  readonly users: ReadonlySet<string>;
  /** By buyer and key. */
  readonly keys: ReadonlyMap<string, readonly [userId: string, key: string]>;
  /** Those that may be in the table, of the items whose key is their order's own. */
  readonly orderIds: ReadonlySet<string>;
}

/** `newest` returns the greatest order id in the table. */
export function askedIn(items: readonly ReserveItem[], newest: () => string): Asked {
  const users = new Set<string>();
  const keys = new Map<string, readonly [string, string]>();
  const orderIds = new Set<string>();
  for (const { orderId, userId, key } of items) {
    users.add(userId);
    if (!isOwnKey(key, orderId)) keys.set(keyOf(userId, key), [userId, key]);
    // Ids grow with time: one greater than all in the table was never sent before.
    else if (orderId <= newest()) orderIds.add(orderId);
  }
  return { users, keys, orderIds };
}

/** Adds what was found in the index: what the buyers hold, and the reservations that answer. */
export function addIndexed(
  db: Db,
  sale: number,
  known: KnownBuyers,
  { keys, orderIds }: Asked,
  rows: Iterable<Indexed>,
): void {
  const repeated: string[] = [];
  for (const [orderId, userId, key, held] of rows) {
    if (held > 0) known.hold(userId, orderId, held);
    if (key === null ? orderIds.has(orderId) : keys.has(keyOf(userId, key))) repeated.push(orderId);
  }
  for (const reservation of repeated.length === 0 ? [] : reservations(db, sale, repeated)) known.answer(reservation);
}

function newestOrder(db: Db, sale: number): string {
  const row = db.get<{ newest: string | null }>(
    'SELECT max(order_id) AS newest FROM queue_reservation WHERE sale = ?',
    sale,
  );
  return row?.newest ?? '';
}

/** Each value of `held` costs a search, so those that no reservation of the sale can have are left out. */
const RELEASED = 'r.held = 0';
const ENDED = `r.held IN (${FORFEITED}, 0)`;
export const ANY_OF_ONE = 'r.held IN (0, 1)';
export const ANY = `r.held IN (${FORFEITED}, ${Array.from({ length: MAX_QUANTITY + 1 }, (_, held) => held).join(', ')})`;

/** Which reservations keys and order ids are searched among: all that are not listed. */
function notListed({ per_buyer, several, forfeits }: SaleRow): string {
  if (isCounted(per_buyer)) return several || forfeits ? ANY : ANY_OF_ONE;
  return forfeits ? ENDED : RELEASED;
}

/** Returned as one JSON text: passing each value to JavaScript by itself costs as much as finding it. */
function indexed(db: Db, sale: number, { users, keys, orderIds }: Wanted, among: string): readonly Indexed[] {
  if (users.length + keys.length + orderIds.length === 0) return [];
  const row = db.get<{ rows: string }>(
    `SELECT json_group_array(json_array(order_id, buyer, key, held)) AS rows FROM (
       SELECT r.order_id, r.buyer, r.key, r.held
       FROM json_each(?1) AS u CROSS JOIN queue_reservation AS r INDEXED BY queue_buyer
         ON r.sale = ?2 AND r.buyer = u.value AND r.held > 0
       UNION ALL
       SELECT r.order_id, r.buyer, r.key, 0
       FROM json_each(?3) AS i CROSS JOIN queue_reservation AS r INDEXED BY queue_buyer
         ON r.sale = ?2 AND r.buyer = i.value ->> 0 AND ${among} AND r.key = i.value ->> 1
       UNION ALL
       SELECT r.order_id, r.buyer, r.key, 0
       FROM json_each(?4) AS o CROSS JOIN queue_reservation AS r
         ON r.sale = ?2 AND r.order_id = o.value AND ${among})`,
    JSON.stringify(users),
    sale,
    JSON.stringify(keys),
    JSON.stringify(orderIds),
  );
  return JSON.parse(row?.rows ?? '[]');
}

type KnownRow = Omit<KnownReservation, 'tickets'> & TicketColumns;

function reservations(db: Db, sale: number, orderIds: readonly string[]): readonly KnownReservation[] {
  const rows = db.all<KnownRow>(
    `SELECT r.order_id AS orderId, r.buyer AS userId, ${KEY}, r.fingerprint, r.ticket, r.more, r.reserved_at AS reservedAt,
       r.batch
     FROM json_each(?1) AS o CROSS JOIN queue_reservation AS r ON r.sale = ?2 AND r.order_id = o.value`,
    JSON.stringify(orderIds),
    sale,
  );
  return rows.map((row) => {
    const { orderId, userId, key, fingerprint, reservedAt, batch } = row;
    return { orderId, userId, key, fingerprint, tickets: ticketsOf(row), reservedAt, batch };
  });
}
