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

// A front's clock may differ from the queue's, and an order waits a while between its id and its ticket.
const CLOCK_SLACK_MS = 60_000;

/** No worker's group: a batch of it moves no position. */
const ON_DEMAND = 'on-demand';

/**
 * Finds an order wherever it stands: in the store, or, until a worker has stored it, in the queue's ledger only.
 * Errors: those of store and queue; Fault `fenced` when a queue that was emptied can't tell.
 */
export class OrderFinder {
  constructor(private readonly ports: OrderFinderPorts) {}

  async find(orderId: string): Promise<Order | undefined> {
    return (await this.#look(orderId))?.order;
  }

  /**
   * The order as it is stored, if `mayTouch` says so; one that is not stored yet is stored now.
   *
   * It must be, before anybody changes it, for a change is an update of its row. Storing early is storing: the worker's
   * insertion finds the row and does nothing, whatever became of it meanwhile; should the front that reserved it have
   * died before it wrote the record, the relay writes it, and the worker again finds the row. A crash right behind it
   * leaves a reserved order that expires like any other. And nothing is stored that was let go: a ticket leaves the
   * ledger only after its order's row has ended, and where there is a row this insertion changes nothing.
   */
  async findStored(orderId: string, mayTouch: (order: Order) => boolean): Promise<Order | undefined> {
    const found = await this.#look(orderId);
    if (found === undefined || !mayTouch(found.order)) return undefined;
    const { order, key } = found;
    if (key === undefined) return order;
    await this.ports.store.store({ group: ON_DEMAND, positions: [], orders: [{ order, key }] });
    // A worker may have been faster, and the database may have refused it.
    return this.ports.store.order(orderId);
  }

  async #look(orderId: string): Promise<{ readonly order: Order; readonly key?: NewOrder['key'] } | undefined> {
    const madeAt = timeOfOrderId(orderId);
    if (madeAt === undefined) return undefined;
    const stored = await this.ports.store.order(orderId);
    if (stored !== undefined) return { order: stored };
    for await (const sale of everySale(this.ports.catalogue, { includeDrafts: false })) {
      if (madeAt < sale.opensAt - CLOCK_SLACK_MS || madeAt > sale.closesAt + CLOCK_SLACK_MS) continue;
      const reservation = await this.ports.queue.find(sale.id, orderId);
      if (reservation !== undefined) return { order: reservedOrder(sale, reservation), key: reservation.key };
      // An emptied queue does not know that the order isn't there: its record may be in the log, on the way to the store.
      if ((await this.ports.queue.stock(sale.id)) === undefined) {
        throw new Fault('fenced', `the ticket queue has lost the sale ${sale.id}`);
      }
    }
    // The worker may have stored it, and its ticket may be back on sale, since the first look.
    const late = await this.ports.store.order(orderId);
    return late === undefined ? undefined : { order: late };
  }
}
