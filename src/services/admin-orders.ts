import type { Order } from '../domain/order.ts';
import type { OrderSearch, OrderStore } from '../ports/order-store.ts';
import type { OrdersPage } from './orders.ts';

export interface AdminOrdersPorts {
  readonly store: Pick<OrderStore, 'search'>;
}

/** The orders of all buyers, for admins. */
export class AdminOrders {
  constructor(private readonly ports: AdminOrdersPorts) {}

  /** Errors: those of the store. */
  async page({ limit, ...search }: OrderSearch): Promise<OrdersPage> {
    const found = await this.ports.store.search({ ...search, limit: limit + 1 });
    if (found.length <= limit) return { items: found };
    const items = found.slice(0, limit);
    return { items, next: (items.at(-1) as Order).id };
  }
}
