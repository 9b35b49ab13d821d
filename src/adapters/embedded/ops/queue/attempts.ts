import { ATTEMPT_WINDOW_MS, type ReserveItem } from '../../../../ports/ticket-queue.ts';
import type { Db } from '../../database.ts';

export interface AttemptsOptions {
  /** The queue's clock, milliseconds since 1970. */
  readonly now: number;
  readonly items: readonly ReserveItem[];
  /** Attempts of one buyer in a window; 1 or more. */
  readonly max: number;
}

/** Rows deleted by a call: more than one call adds, so that the table does not grow beyond the attempts of a minute. */
const DELETED_PER_CALL = 512;

/** Attempts of the buyers of one batch in this minute of the sale. */
export class Attempts {
  /** Milliseconds until the window ends. */
  readonly endsInMs: number;
  readonly #db: Db;
  readonly #sale: number;
  readonly #minute: number;
  readonly #max: number;
  readonly #made: Map<string, number>;
  readonly #changed = new Set<string>();

  constructor(db: Db, sale: number, { now, items, max }: AttemptsOptions) {
    this.#db = db;
    this.#sale = sale;
    this.#minute = Math.floor(now / ATTEMPT_WINDOW_MS);
    this.#max = max;
    this.endsInMs = (this.#minute + 1) * ATTEMPT_WINDOW_MS - now;
    const users = [...new Set(items.map(({ userId }) => userId))];
    const rows = db.all<{ buyer: string; attempts: number }>(
      `SELECT a.buyer, a.attempts
       FROM json_each(?1) AS u CROSS JOIN queue_attempt AS a ON a.minute = ?2 AND a.sale = ?3 AND a.buyer = u.value`,
      JSON.stringify(users),
      this.#minute,
      sale,
    );
    this.#made = new Map(rows.map(({ buyer, attempts }) => [buyer, attempts]));
  }

  /** Whether the buyer may make another attempt; if so, it is counted. */
  take(userId: string): boolean {
    const made = this.#made.get(userId) ?? 0;
    if (made >= this.#max) return false;
    this.#made.set(userId, made + 1);
    this.#changed.add(userId);
    return true;
  }

  /** Stores the counts, and deletes some of those of earlier minutes. */
  save(): void {
    if (this.#changed.size === 0) return;
    this.#db.run(
      `INSERT OR REPLACE INTO queue_attempt (minute, sale, buyer, attempts)
       SELECT ?1, ?2, value ->> 0, value ->> 1 FROM json_each(?3)`,
      this.#minute,
      this.#sale,
      JSON.stringify([...this.#changed].map((userId) => [userId, this.#made.get(userId)])),
    );
    this.#db.run(
      `DELETE FROM queue_attempt WHERE (minute, sale, buyer) IN
         (SELECT minute, sale, buyer FROM queue_attempt WHERE minute < ?1 LIMIT ?2)`,
      this.#minute,
      DELETED_PER_CALL,
    );
  }
}
