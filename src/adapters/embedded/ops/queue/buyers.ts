import type { ReserveItem } from '../../../../ports/ticket-queue.ts';
import type { Db } from '../../database.ts';

/** A reservation as far as judging a purchase needs it. */
export interface KnownReservation {
  readonly orderId: string;
  readonly userId: string;
  readonly key: string;
  readonly fingerprint: string;
  readonly ticket: number;
  readonly reservedAt: number;
  readonly batch: number;
}

interface Row extends KnownReservation {
  readonly held: number;
}

/** What the buyers of one batch have: their live orders, and the keys of the batch that were answered before. */
export class KnownBuyers {
  readonly #byKey = new Map<string, KnownReservation>();
  readonly #held = new Map<string, string[]>();

  add(reservation: KnownReservation, held = true): void {
    this.#byKey.set(keyOf(reservation.userId, reservation.key), reservation);
    if (!held) return;
    const orders = this.#held.get(reservation.userId);
    if (orders === undefined) this.#held.set(reservation.userId, [reservation.orderId]);
    else orders.push(reservation.orderId);
  }

  byKey(userId: string, key: string): KnownReservation | undefined {
    return this.#byKey.get(keyOf(userId, key));
  }

  heldBy(userId: string): readonly string[] {
    return this.#held.get(userId) ?? NONE;
  }
}

const NONE: readonly string[] = [];

/** A user id or a key may hold any character, so the length tells where one ends. */
function keyOf(userId: string, key: string): string {
  return `${userId.length} ${userId}${key}`;
}

/**
 * Two probes of one index for each purchase: what the buyer holds (at most the limit), and whether the key belongs to
 * something that was released. A buyer who reserves and cancels all day costs no more than others.
 */
export function knownBuyers(db: Db, sale: number, items: readonly ReserveItem[]): KnownBuyers {
  const users = new Set(items.map(({ userId }) => userId));
  const known = new KnownBuyers();
  const rows = db.all<Row>(
    `SELECT r.order_id AS orderId, r.buyer AS userId, r.key, r.fingerprint, r.ticket, r.reserved_at AS reservedAt,
            r.batch, r.held
     FROM json_each(?1) AS u CROSS JOIN queue_reservation AS r INDEXED BY queue_buyer
       ON r.sale = ?2 AND r.buyer = u.value AND r.held = 1
     UNION ALL
     SELECT r.order_id, r.buyer, r.key, r.fingerprint, r.ticket, r.reserved_at, r.batch, r.held
     FROM json_each(?3) AS i CROSS JOIN queue_reservation AS r INDEXED BY queue_buyer
       ON r.sale = ?2 AND r.buyer = i.value ->> 0 AND r.held = 0 AND r.key = i.value ->> 1`,
    JSON.stringify([...users]),
    sale,
    JSON.stringify(items.map(({ userId, key }) => [userId, key])),
  );
  for (const row of rows) known.add(row, row.held === 1);
  return known;
}
