import { timeOfOrderId } from '../domain/ids.ts';
import type { Order, OrderState } from '../domain/order.ts';
import { reservedOrder } from '../domain/purchase.ts';
import type { Catalogue } from '../ports/catalogue.ts';
import type { OrderStore } from '../ports/order-store.ts';
import type { TicketQueue } from '../ports/ticket-queue.ts';
import { everySale } from './every-sale.ts';

/** Who asks: buyers see their own orders, admins all. */
export interface Viewer {
  readonly userId: string;
  readonly admin: boolean;
}

export interface ListOrders {
  readonly saleId?: string;
  readonly state?: OrderState;
  /** The id of the last order of the page before. */
  readonly before?: string;
  /** 1 to 200. */
  readonly limit: number;
}

export interface OrdersPage {
  readonly items: readonly Order[];
  /** There when more may follow. */
  readonly next?: string;
}

// A front's clock may differ from the queue's, and an order waits a while between its id and its ticket.
const CLOCK_SLACK_MS = 60_000;

/** Orders for those who may see them. */
export class Orders {
  constructor(
    private readonly ports: {
      readonly store: Pick<OrderStore, 'order' | 'orders'>;
      readonly queue: Pick<TicketQueue, 'find'>;
      readonly catalogue: Pick<Catalogue, 'sales'>;
    },
  ) {}

  /** An order of anybody else is as unknown as one that never was. */
  async find(orderId: string, viewer: Viewer): Promise<Order | undefined> {
    const madeAt = timeOfOrderId(orderId);
    if (madeAt === undefined) return undefined;
    const order = (await this.ports.store.order(orderId)) ?? (await this.#unstored(orderId, madeAt));
    return order !== undefined && (viewer.admin || order.userId === viewer.userId) ? order : undefined;
  }

  async list({ limit, ...query }: ListOrders, viewer: Viewer): Promise<OrdersPage> {
    const found = await this.ports.store.orders({ ...query, userId: viewer.userId, limit: limit + 1 });
    if (found.length <= limit) return { items: found };
    const items = found.slice(0, limit);
    return { items, next: (items.at(-1) as Order).id };
  }

  /** Between its answer and the worker's batch an order stands in the queue's ledger only. */
  async #unstored(orderId: string, madeAt: number): Promise<Order | undefined> {
    for await (const sale of everySale(this.ports.catalogue, { includeDrafts: false })) {
      if (madeAt < sale.opensAt - CLOCK_SLACK_MS || madeAt > sale.closesAt + CLOCK_SLACK_MS) continue;
      const reservation = await this.ports.queue.find(sale.id, orderId);
      if (reservation !== undefined) return reservedOrder(sale, reservation);
    }
    // The worker may have stored it, and its ticket may be back on sale, since the first look.
    return this.ports.store.order(orderId);
  }
}
