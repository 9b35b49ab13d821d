import type { Stock } from '../../../../domain/stock.ts';
import type { Db } from '../../database.ts';
import type { SaleRow } from './sale.ts';
import { stockOf } from './sale.ts';

/** Takes tickets in the queue's order: those that were never sold, then returned ones, oldest first. */
export class TicketSource {
  readonly #db: Db;
  readonly #sale: SaleRow;
  readonly #most: number;
  #fresh: number;
  #taken = 0;
  #returned: readonly number[] | undefined;

  /** `most`: how many tickets will be taken at most. */
  constructor(db: Db, sale: SaleRow, most: number) {
    this.#db = db;
    this.#sale = sale;
    this.#most = most;
    this.#fresh = sale.fresh;
  }

  /** Undefined if none is left. */
  take(): number | undefined {
    if (this.#fresh <= this.#sale.total) return this.#fresh++;
    this.#returned ??= this.#readReturned();
    const ticket = this.#returned[this.#taken];
    if (ticket !== undefined) this.#taken += 1;
    return ticket;
  }

  /** Stores which tickets were taken; returns what is left. */
  save(): Stock {
    const { n, head } = this.#sale;
    const newHead = head + this.#taken;
    if (this.#taken > 0) this.#db.run('DELETE FROM queue_returned WHERE sale = ? AND place < ?', n, newHead);
    this.#db.run('UPDATE queue_sale SET fresh = ?, head = ? WHERE n = ?', this.#fresh, newHead, n);
    return stockOf({ ...this.#sale, fresh: this.#fresh, head: newHead });
  }

  #readReturned(): readonly number[] {
    if (this.#sale.head === this.#sale.tail) return [];
    return this.#db
      .all<{ ticket: number }>(
        'SELECT ticket FROM queue_returned WHERE sale = ? ORDER BY place LIMIT ?',
        this.#sale.n,
        this.#most,
      )
      .map(({ ticket }) => ticket);
  }
}
