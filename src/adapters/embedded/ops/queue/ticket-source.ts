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
  /** How many returned tickets were taken. */
  #taken = 0;
  #returned: readonly number[] | undefined;

  /** `most`: how many tickets will be taken at most. */
  constructor(db: Db, sale: SaleRow, most: number) {
    this.#db = db;
    this.#sale = sale;
    this.#most = most;
    this.#fresh = sale.fresh;
  }

  /** The next tickets, ascending; undefined, and none is taken, if fewer are left. */
  take(quantity: number): readonly number[] | undefined {
    const first = this.#fresh;
    const fresh = Math.min(quantity, this.#freshLeft);
    if (fresh === 1 && quantity === 1) return [this.#fresh++];
    const returned =
      fresh === quantity ? [] : this.#returnedTickets().slice(this.#taken, this.#taken + quantity - fresh);
    if (fresh + returned.length < quantity) return undefined;
    this.#fresh += fresh;
    this.#taken += returned.length;
    return [...returned, ...Array.from({ length: fresh }, (_, n) => first + n)].sort((a, b) => a - b);
  }

  /** How many tickets are left; to be called when fewer were left than should be taken. */
  left(): number {
    return this.#freshLeft + this.#returnedTickets().length - this.#taken;
  }

  /** Stores which tickets were taken; returns what is left. */
  save(): Stock {
    const { n, head } = this.#sale;
    const newHead = head + this.#taken;
    if (this.#taken > 0) this.#db.run('DELETE FROM queue_returned WHERE sale = ? AND place < ?', n, newHead);
    this.#db.run('UPDATE queue_sale SET fresh = ?, head = ? WHERE n = ?', this.#fresh, newHead, n);
    return stockOf({ ...this.#sale, fresh: this.#fresh, head: newHead });
  }

  get #freshLeft(): number {
    return this.#sale.total - this.#fresh + 1;
  }

  #returnedTickets(): readonly number[] {
    this.#returned ??= this.#readReturned();
    return this.#returned;
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
