import { Fault } from '../domain/errors.ts';
import { timeOfOrderId } from '../domain/ids.ts';
import type { Order } from '../domain/order.ts';
import { reservedOrder } from '../domain/purchase.ts';
import type { Catalogue } from '../ports/catalogue.ts';
import type { NewOrder, OrderStore } from '../ports/order-store.ts';
import type { TicketQueue } from '../ports/ticket-queue.ts';
import { everySale } from './every-sale.ts';

export interface OrderFinderPorts {
  readonly store: Pick<OrderStore, 'order' | 'store'>;
  readonly queue: Pick<TicketQueue, 'find' | 'stock'>;
  readonly catalogue: Pick<Catalogue, 'sales'>;
}

/** A front's clock may differ from the queue's, and some time passes between an order's id and its ticket. */
const CLOCK_SLACK_MS = 60_000;

/** Not the group of a worker: a batch of it moves no position. */
const ON_DEMAND = 'on-demand';

/**
 * Finds an order in the store or, until a worker has stored it, in the queue's ledger.
 * Errors: those of store, queue and catalogue; Fault `fenced` when the queue has lost a sale that the order may be of.
 */
export class OrderFinder {
  constructor(private readonly ports: OrderFinderPorts) {}

  async find(orderId: string): Promise<Order | undefined> {
    return (await this.#locate(orderId))?.order;
  }

  /**
   * Returns the stored order, if `mayChange` allows it; an order that is not stored yet is stored now, since a change is
   * an update of its row.
   *
   * To store it early is safe. The worker's insertion finds the row and changes nothing, whatever its state is by then.
   * If the front that reserved the order crashed before it wrote the record, the relay writes it, and the worker finds
   * the row, too. A crash right after the insertion leaves a reserved order that expires like any other. And a released
   * order is never stored again: a ticket leaves the ledger only after its order's row has ended, and an insertion does
   * not change an existing row.
   */
  async findStored(orderId: string, mayChange: (order: Order) => boolean): Promise<Order | undefined> {
    const found = await this.#locate(orderId);
    if (found === undefined || !mayChange(found.order)) return undefined;
    const { order, key } = found;
    if (key === undefined) return order;
    await this.ports.store.store({ group: ON_DEMAND, positions: [], orders: [{ order, key }] });
    // A worker may have stored it first, and the database may have rejected it.
    return this.ports.store.order(orderId);
  }

  async #locate(orderId: string): Promise<{ readonly order: Order; readonly key?: NewOrder['key'] } | undefined> {
    const madeAt = timeOfOrderId(orderId);
    if (madeAt === undefined) return undefined;
    const stored = await this.ports.store.order(orderId);
    if (stored !== undefined) return { order: stored };
    for await (const sale of everySale(this.ports.catalogue, { includeDrafts: false })) {
      if (madeAt < sale.opensAt - CLOCK_SLACK_MS || madeAt > sale.closesAt + CLOCK_SLACK_MS) continue;
      const reservation = await this.ports.queue.find(sale.id, orderId);
      if (reservation !== undefined) return { order: reservedOrder(sale, reservation), key: reservation.key };
      // A queue that lost the sale can't rule the order out: its record may be in the log, and not yet stored.
      if ((await this.ports.queue.stock(sale.id)) === undefined) {
        throw new Fault('fenced', `the ticket queue has lost the sale ${sale.id}`);
      }
    }
    // Since the first query a worker may have stored it, and its ticket may have been released.
    const storedSince = await this.ports.store.order(orderId);
    return storedSince === undefined ? undefined : { order: storedSince };
  }
}
