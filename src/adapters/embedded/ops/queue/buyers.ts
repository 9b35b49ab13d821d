import { isOwnKey } from '../../../../domain/purchase.ts';
import type { ReserveItem } from '../../../../ports/ticket-queue.ts';
import type { Db } from '../../database.ts';
import { KEY } from './schema.ts';

/** What a decision about a purchase needs to know of a reservation. */
export interface KnownReservation {
  readonly orderId: string;
  readonly userId: string;
  readonly key: string;
  readonly fingerprint: string;
  readonly ticket: number;
  readonly reservedAt: number;
  readonly batch: number;
}

/** The live orders of the buyers of one batch, and the reservations that answer for keys of the batch. */
export class KnownBuyers {
  readonly #byKey = new Map<string, KnownReservation>();
  /** Those whose key is their order's own. */
  readonly #byId = new Map<string, KnownReservation>();
  readonly #held = new Map<string, string[]>();

  /** From now on the reservation answers for its key. */
  answer(reservation: KnownReservation): void {
    const { orderId, userId, key } = reservation;
    if (isOwnKey(key, orderId)) this.#byId.set(orderId, reservation);
    else this.#byKey.set(keyOf(userId, key), reservation);
  }

  /** The buyer holds this order. */
  hold(userId: string, orderId: string): void {
    const orders = this.#held.get(userId);
    if (orders === undefined) this.#held.set(userId, [orderId]);
    else orders.push(orderId);
  }

  /** The reservation that answers for the item's key. */
  answerFor({ orderId, userId, key }: ReserveItem): KnownReservation | undefined {
    if (!isOwnKey(key, orderId)) return this.#byKey.get(keyOf(userId, key));
    const known = this.#byId.get(orderId);
    return known?.userId === userId ? known : undefined;
  }

  heldBy(userId: string): readonly string[] {
    return this.#held.get(userId) ?? NONE;
  }
}

const NONE: readonly string[] = [];

/** User ids and keys may contain any character: the length says where the user id ends. */
function keyOf(userId: string, key: string): string {
  return `${userId.length} ${userId}${key}`;
}

/** A reservation as the buyers' index has it. */
type Indexed = readonly [orderId: string, userId: string, key: string | null, held: 0 | 1];

interface Wanted {
  /** Buyers whose live orders are read; each has at most the limit of the sale. */
  readonly users: readonly string[];
  /** Keys that may belong to released reservations. */
  readonly keys: readonly (readonly [userId: string, key: string])[];
  /** Orders that may have been released, of those whose key is their own. */
  readonly orderIds: readonly string[];
}

/**
 * One lookup in an index for each purchase, for what the buyer holds, and another for each that has a key, which may belong
 * to a released reservation. The table itself is read only for keys that were used before.
 */
export function knownBuyers(db: Db, sale: number, items: readonly ReserveItem[]): KnownBuyers {
  const known = new KnownBuyers();
  const users = new Set<string>();
  const keys = new Map<string, readonly [string, string]>();
  const orderIds = new Set<string>();
  let newest: string | undefined;
  for (const { orderId, userId, key } of items) {
    users.add(userId);
    if (!isOwnKey(key, orderId)) {
      keys.set(keyOf(userId, key), [userId, key]);
      continue;
    }
    // Ids grow with time: one greater than all in the table was never sent before.
    newest ??= newestOrder(db, sale);
    if (orderId <= newest) orderIds.add(orderId);
  }
  const wanted = { users: [...users], keys: [...keys.values()], orderIds: [...orderIds] };
  const repeated: string[] = [];
  for (const [orderId, userId, key, held] of indexed(db, sale, wanted)) {
    if (held === 1) known.hold(userId, orderId);
    if (key === null ? orderIds.has(orderId) : keys.has(keyOf(userId, key))) repeated.push(orderId);
  }
  for (const reservation of repeated.length === 0 ? [] : reservations(db, sale, repeated)) known.answer(reservation);
  return known;
}

function newestOrder(db: Db, sale: number): string {
  const row = db.get<{ newest: string | null }>(
    'SELECT max(order_id) AS newest FROM queue_reservation WHERE sale = ?',
    sale,
  );
  return row?.newest ?? '';
}

/** Returned as one JSON text: passing each value to JavaScript by itself costs as much as finding it. */
function indexed(db: Db, sale: number, { users, keys, orderIds }: Wanted): readonly Indexed[] {
  const row = db.get<{ rows: string }>(
    `SELECT json_group_array(json_array(order_id, buyer, key, held)) AS rows FROM (
       SELECT r.order_id, r.buyer, r.key, r.held
       FROM json_each(?1) AS u CROSS JOIN queue_reservation AS r INDEXED BY queue_buyer
         ON r.sale = ?2 AND r.buyer = u.value AND r.held = 1
       UNION ALL
       SELECT r.order_id, r.buyer, r.key, r.held
       FROM json_each(?3) AS i CROSS JOIN queue_reservation AS r INDEXED BY queue_buyer
         ON r.sale = ?2 AND r.buyer = i.value ->> 0 AND r.held = 0 AND r.key = i.value ->> 1
       UNION ALL
       SELECT r.order_id, r.buyer, r.key, r.held
       FROM json_each(?4) AS o CROSS JOIN queue_reservation AS r
         ON r.sale = ?2 AND r.order_id = o.value AND r.held = 0)`,
    JSON.stringify(users),
    sale,
    JSON.stringify(keys),
    JSON.stringify(orderIds),
  );
  return JSON.parse(row?.rows ?? '[]');
}

function reservations(db: Db, sale: number, orderIds: readonly string[]): readonly KnownReservation[] {
  return db.all<KnownReservation>(
    `SELECT r.order_id AS orderId, r.buyer AS userId, ${KEY}, r.fingerprint, r.ticket, r.reserved_at AS reservedAt, r.batch
     FROM json_each(?1) AS o CROSS JOIN queue_reservation AS r ON r.sale = ?2 AND r.order_id = o.value`,
    JSON.stringify(orderIds),
    sale,
  );
}
