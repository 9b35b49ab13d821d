import { MAX_HELD_NAMED } from '../../../../ports/ticket-queue.ts';
import type { Db } from '../../database.ts';

/**
 * Whether a sale's buyers have a count of their own, in `queue_holding`: with a limit up to this what they hold is little, and
 * counted in the index. A migration has this number, so it does not change.
 */
export function isCounted(perBuyerLimit: number): boolean {
  return perBuyerLimit > MAX_HELD_NAMED;
}

/** How many tickets each of the buyers holds; those who never held one are not in it. */
export function holdings(db: Db, sale: number, users: readonly string[]): ReadonlyMap<string, number> {
  const rows = db.all<{ buyer: string; held: number }>(
    `SELECT h.buyer, h.held FROM json_each(?1) AS u CROSS JOIN queue_holding AS h ON h.sale = ?2 AND h.buyer = u.value`,
    JSON.stringify(users),
    sale,
  );
  return new Map(rows.map(({ buyer, held }) => [buyer, held]));
}

/** Some of the buyer's orders, up to MAX_HELD_NAMED. */
export function someHeld(db: Db, sale: number, userId: string): readonly string[] {
  return db
    .all<{ orderId: string }>(
      `SELECT order_id AS orderId FROM queue_reservation INDEXED BY queue_buyer
       WHERE sale = ? AND buyer = ? AND held > 0 LIMIT ?`,
      sale,
      userId,
      MAX_HELD_NAMED,
    )
    .map(({ orderId }) => orderId);
}

/** The buyer of each ticket that was taken. */
export function addHoldings(db: Db, sale: number, users: readonly string[]): void {
  db.run(
    `INSERT INTO queue_holding (sale, buyer, held) SELECT ?1, value, count(*) FROM json_each(?2) WHERE true GROUP BY value
     ON CONFLICT (sale, buyer) DO UPDATE SET held = held + excluded.held`,
    sale,
    JSON.stringify(users),
  );
}

/** The sale and the buyer of each ticket that was taken. */
export function addHoldingsOf(db: Db, tickets: readonly (readonly [sale: number, userId: string])[]): void {
  db.run(
    `INSERT INTO queue_holding (sale, buyer, held)
     SELECT value ->> 0, value ->> 1, count(*) FROM json_each(?) WHERE true GROUP BY 1, 2
     ON CONFLICT (sale, buyer) DO UPDATE SET held = held + excluded.held`,
    JSON.stringify(tickets),
  );
}

/** The buyer of each ticket that they hold no more. */
export function removeHoldings(db: Db, sale: number, users: readonly string[]): void {
  db.run(
    `UPDATE queue_holding SET held = held - (SELECT count(*) FROM json_each(?2) WHERE value = buyer)
     WHERE sale = ?1 AND buyer IN (SELECT value FROM json_each(?2))`,
    sale,
    JSON.stringify(users),
  );
}
