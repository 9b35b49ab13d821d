import pLimit from 'p-limit';
import { Fault } from '../domain/errors.ts';
import { timeOfOrderId } from '../domain/ids.ts';
import type { Order } from '../domain/order.ts';
import { reservedOrder } from '../domain/purchase.ts';
import { isListed, type Sale } from '../domain/sale.ts';
import type { Catalogue } from '../ports/catalogue.ts';
import type { Clock } from '../ports/clock.ts';
import type { NewOrder, OrderStore } from '../ports/order-store.ts';
import type { TicketQueue } from '../ports/ticket-queue.ts';
import { everySale } from './every-sale.ts';
import { inChunks } from './in-chunks.ts';
import { isRebuilt } from './lost-sales.ts';

export interface OrderFinderPorts {
  readonly store: Pick<OrderStore, 'order' | 'store'>;
  readonly queue: Pick<TicketQueue, 'find' | 'stock'>;
  readonly catalogue: Pick<Catalogue, 'sales'>;
  readonly clock: Pick<Clock, 'now'>;
}

/** A front's clock may differ from the queue's, and some time passes between an order's id and its ticket. */
const CLOCK_SLACK_MS = 60_000;

/** Sales in which one search looks at once. */
const SALES_AT_ONCE = 8;

/** Searches of sales of another time at once, and waiting: they ask for every sale, and must not displace other calls. */
const WIDE_SEARCHES = 4;
const WAITING_SEARCHES = 1000;

interface Located {
  readonly order: Order;
  readonly key?: NewOrder['key'];
}

/** One sale that can't be asked does not hide the order in another one. */
interface Search {
  readonly located?: Located;
  readonly fault?: unknown;
}

const NOTHING: Search = {};

/** Not the group of a worker: a batch of it moves no position. */
const ON_DEMAND = 'on-demand';

/**
 * Finds an order in the store or, until a worker has stored it, in the queue's ledger.
 * Errors: those of store, queue and catalogue; Fault `fenced` when the queue has lost a sale that the order may be of.
 */
export class OrderFinder {
  readonly #wide = pLimit(WIDE_SEARCHES);

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

  async #locate(orderId: string): Promise<Located | undefined> {
    const madeAt = timeOfOrderId(orderId);
    if (madeAt === undefined) return undefined;
    const stored = await this.ports.store.order(orderId);
    if (stored !== undefined) return { order: stored };
    const reserved = await this.#reserved(orderId, madeAt);
    if (reserved !== undefined) return reserved;
    // Since the first query a worker may have stored it, and its ticket may have been released.
    const storedSince = await this.ports.store.order(orderId);
    return storedSince === undefined ? undefined : { order: storedSince };
  }

  /**
   * An id's time is a hint only: ids run ahead of the clock after it was set back, and behind that of the queue. So the
   * sales that were open at that time come first, and all others after them.
   */
  async #reserved(orderId: string, madeAt: number): Promise<Located | undefined> {
    const likely: Sale[] = [];
    const others: Sale[] = [];
    for await (const sale of everySale(this.ports.catalogue, { includeDrafts: false })) {
      // An archived sale has each of its orders in the store.
      if (!isListed(sale)) continue;
      const wasOpen = madeAt >= sale.opensAt - CLOCK_SLACK_MS && madeAt <= sale.closesAt + CLOCK_SLACK_MS;
      (wasOpen ? likely : others).push(sale);
    }
    const first = await this.#search(orderId, likely);
    if (first.located !== undefined) return first.located;
    const rest = others.length === 0 ? NOTHING : await this.#searchWidely(orderId, others);
    if (rest.located !== undefined) return rest.located;
    for (const fault of [first.fault, rest.fault]) if (fault !== undefined) throw fault;
    const now = this.ports.clock.now();
    await this.#assertKnown([...likely, ...others.filter((sale) => isRebuilt(sale, now))]);
    return undefined;
  }

  #searchWidely(orderId: string, sales: readonly Sale[]): Promise<Search> {
    if (this.#wide.pendingCount >= WAITING_SEARCHES) throw new Fault('full', 'too many searches for unknown orders');
    return this.#wide(() => this.#search(orderId, sales));
  }

  async #search(orderId: string, sales: readonly Sale[]): Promise<Search> {
    const { queue } = this.ports;
    let fault: unknown;
    for await (const some of inChunks(sales, SALES_AT_ONCE)) {
      const asked = await Promise.allSettled(some.map(({ id }) => queue.find(id, orderId)));
      for (const [n, answer] of asked.entries()) {
        if (answer.status === 'rejected') fault ??= answer.reason;
        else if (answer.value !== undefined) {
          const { value: reservation } = answer;
          const order = reservedOrder(some[n] as Sale, reservation);
          return { located: { order, key: reservation.key } };
        }
      }
    }
    return { fault };
  }

  /** A queue that lost a sale can't rule the order out: its record may be in the log, and not yet stored. */
  async #assertKnown(sales: readonly Sale[]): Promise<void> {
    for await (const some of inChunks(sales, SALES_AT_ONCE)) {
      const stocks = await Promise.all(some.map(({ id }) => this.ports.queue.stock(id)));
      const lost = stocks.indexOf(undefined);
      if (lost >= 0) throw new Fault('fenced', `the ticket queue has lost the sale ${some[lost]?.id}`);
    }
  }
}
