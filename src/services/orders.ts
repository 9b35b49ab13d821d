import type { Order, OrderState } from '../domain/order.ts';
import type { OrderStore } from '../ports/order-store.ts';
import { type CancelPorts, cancelOrder } from './cancel.ts';
import { Charges } from './charges.ts';
import type { LookupQueue } from './lookup-queue.ts';
import type { OrderFinder } from './order-finder.ts';
import type { OrderOutcome } from './order-outcome.ts';
import { type Page, readPage } from './page.ts';
import type { PayPorts } from './pay.ts';

/** The user on whose behalf orders are read or changed: buyers see their own orders, admins all. */
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

/** Its cursor is the id of its last order. */
export type OrdersPage = Page<Order, string>;

export interface OrdersPorts extends PayPorts, CancelPorts {
  readonly store: PayPorts['store'] & CancelPorts['store'] & Pick<OrderStore, 'orders'>;
  readonly clock: PayPorts['clock'] & CancelPorts['clock'];
  readonly finder: Pick<OrderFinder, 'find' | 'findStored'>;
  readonly lookups: Pick<LookupQueue, 'find' | 'findFor'>;
}

/** Orders on behalf of a viewer. An order that the viewer may not see is treated like one that does not exist. */
export class Orders {
  readonly #charges: Charges;

  constructor(private readonly ports: OrdersPorts) {
    this.#charges = new Charges(ports);
  }

  async find(orderId: string, viewer: Viewer): Promise<Order | undefined> {
    const { lookups, finder } = this.ports;
    const order = await lookups.find(orderId, viewer.userId, () => finder.find(orderId));
    return order !== undefined && maySee(order, viewer) ? order : undefined;
  }

  list({ limit, ...query }: ListOrders, { userId }: Viewer): Promise<OrdersPage> {
    return readPage(
      limit,
      (most) => this.ports.store.orders({ ...query, userId, limit: most }),
      ({ id }) => id,
    );
  }

  /** Errors: those of {@link OrderFinder} and {@link Charges}; it may be repeated. */
  async pay(orderId: string, viewer: Viewer): Promise<OrderOutcome> {
    const order = await this.#findStored(orderId, viewer);
    return order === undefined ? { kind: 'unknown' } : this.#charges.pay(order);
  }

  /** Errors: those of {@link OrderFinder} and {@link cancelOrder}; it may be repeated. */
  async cancel(orderId: string, viewer: Viewer): Promise<OrderOutcome> {
    const order = await this.#findStored(orderId, viewer);
    return order === undefined ? { kind: 'unknown' } : cancelOrder(order, this.ports);
  }

  #findStored(orderId: string, viewer: Viewer): Promise<Order | undefined> {
    const { lookups, finder } = this.ports;
    return lookups.findFor(orderId, viewer.userId, () => finder.findStored(orderId, (order) => maySee(order, viewer)));
  }
}

function maySee(order: Order, viewer: Viewer): boolean {
  return viewer.admin || order.userId === viewer.userId;
}
