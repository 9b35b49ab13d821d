import { isLive, type Order } from '../../../src/domain/order.ts';
import type { NewOrder, RejectionReason } from '../../../src/ports/order-store.ts';

import type { Bugs } from '../bugs.ts';

export interface Row {
  readonly order: Order;
  /** A rejected order holds none. */
  readonly key: string | undefined;
  readonly reason?: RejectionReason;
}

/** The table of orders, with its unique keys. */
export class OrderRows {
  readonly #rows = new Map<string, Row>();
  readonly #live = new Map<string, string>();
  readonly #keys = new Map<string, string>();

  constructor(
    private readonly bugs: Bugs,
    private readonly onChange: (before: Order | undefined, after: Order) => void,
  ) {}

  get(orderId: string): Row | undefined {
    return this.#rows.get(orderId);
  }

  put(row: Row): void {
    const { order, key } = row;
    const before = this.#rows.get(order.id);
    if (before !== undefined) this.#forget(before);
    this.#rows.set(order.id, row);
    if (isLive(order.state)) this.#live.set(ticketOf(order), order.id);
    if (key !== undefined) this.#keys.set(keyOf(order, key), order.id);
    this.onChange(before?.order, order);
  }

  /** Which unique key a new order would break. */
  rival({ order, key }: NewOrder): 'ticket' | 'key' | undefined {
    if (this.#live.has(ticketOf(order)) && !this.bugs.has('noUniqueTicket')) return 'ticket';
    return this.#keys.has(keyOf(order, key)) ? 'key' : undefined;
  }

  /** Newest first. */
  all(): readonly Order[] {
    return [...this.#rows.values()].map(({ order }) => order).sort((a, b) => (a.id < b.id ? 1 : -1));
  }

  rows(): IterableIterator<Row> {
    return this.#rows.values();
  }

  #forget({ order, key }: Row): void {
    if (this.#live.get(ticketOf(order)) === order.id) this.#live.delete(ticketOf(order));
    if (key !== undefined) this.#keys.delete(keyOf(order, key));
  }
}

function ticketOf({ saleId, ticket }: Order): string {
  return `${saleId}\0${ticket}`;
}

function keyOf({ saleId, userId }: Order, key: string): string {
  return `${saleId}\0${userId}\0${key}`;
}
