import type { Order } from '../../../src/domain/order.ts';
import type { NewOrder, RejectionReason } from '../../../src/ports/order-store.ts';
import { isLive } from '../order-lifecycle.ts';

export interface OrderRow {
  readonly order: Order;
  /** A rejected order has none. */
  readonly key: string | undefined;
  readonly reason?: RejectionReason;
}

/** Called with each change of a row, as it happens. */
export type OnOrderChange = (before: Order | undefined, after: Order) => void;

/** The table of orders and its unique keys. */
export class MemoryOrderRows {
  readonly #rows = new Map<string, OrderRow>();
  readonly #live = new Map<string, string>();
  readonly #keys = new Map<string, string>();

  constructor(private readonly onChange: OnOrderChange) {}

  get(orderId: string): OrderRow | undefined {
    return this.#rows.get(orderId);
  }

  put(row: OrderRow): void {
    const { order, key } = row;
    const before = this.#rows.get(order.id);
    if (before !== undefined) this.#forget(before);
    this.#rows.set(order.id, row);
    if (isLive(order.state)) for (const ticket of ticketKeys(order)) this.#live.set(ticket, order.id);
    if (key !== undefined) this.#keys.set(keyOf(order, key), order.id);
    this.onChange(before?.order, order);
  }

  /** Its tickets that live orders hold. */
  heldOf({ saleId, tickets }: Order): readonly number[] {
    return tickets.filter((ticket) => this.#live.has(ticketKey(saleId, ticket)));
  }

  /** Whether its buyer has used its key. */
  hasKey({ order, key }: NewOrder): boolean {
    return this.#keys.has(keyOf(order, key));
  }

  /** Newest first. */
  orders(): Order[] {
    return [...this.#rows.values()].map(({ order }) => order).sort((a, b) => (a.id < b.id ? 1 : -1));
  }

  all(): readonly OrderRow[] {
    return [...this.#rows.values()];
  }

  #forget({ order, key }: OrderRow): void {
    for (const ticket of ticketKeys(order)) if (this.#live.get(ticket) === order.id) this.#live.delete(ticket);
    if (key !== undefined) this.#keys.delete(keyOf(order, key));
  }
}

function ticketKeys({ saleId, tickets }: Order): readonly string[] {
  return tickets.map((ticket) => ticketKey(saleId, ticket));
}

function ticketKey(saleId: string, ticket: number): string {
  return `${saleId}\0${ticket}`;
}

function keyOf({ saleId, userId }: Order, key: string): string {
  return `${saleId}\0${userId}\0${key}`;
}
