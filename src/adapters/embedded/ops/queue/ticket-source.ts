import type { Stock } from '../../../../domain/stock.ts';
import type { Db } from '../../database.ts';
import type { SaleRow } from './sale.ts';
import { stockOf } from './sale.ts';

const SAVE_ALL = `
UPDATE queue_sale SET fresh = v.fresh, head = v.head
FROM (SELECT value ->> 0 AS n, value ->> 1 AS fresh, value ->> 2 AS head FROM json_each(?)) AS v
WHERE queue_sale.n = v.n`;

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
    this.#removeReturned();
    this.#db.run('UPDATE queue_sale SET fresh = ?, head = ? WHERE n = ?', this.#fresh, this.#head, this.#sale.n);
    return this.#stock;
  }

  /** `save` for several sales; returns what is left of each, in their order. */
  static saveAll(db: Db, sources: readonly TicketSource[]): readonly Stock[] {
    const counters = sources.map((source) => {
      source.#removeReturned();
      return [source.#sale.n, source.#fresh, source.#head];
    });
    if (counters.length > 0) db.run(SAVE_ALL, JSON.stringify(counters));
    return sources.map((source) => source.#stock);
  }

  get #head(): number {
    return this.#sale.head + this.#taken;
  }

  get #stock(): Stock {
    return stockOf({ ...this.#sale, fresh: this.#fresh, head: this.#head });
  }

  #removeReturned(): void {
    if (this.#taken === 0) return;
    this.#db.run('DELETE FROM queue_returned WHERE sale = ? AND place < ?', this.#sale.n, this.#head);
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
