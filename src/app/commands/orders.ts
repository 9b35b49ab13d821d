import { randomUUID } from 'node:crypto';
import type { Config } from '../../config.ts';
import type { Order } from '../../domain/order.ts';
import type { RefundResult } from '../../ports/order-payments.ts';
import { AdminOrders, type OrderExport } from '../../services/admin-orders.ts';
import { OrderFinder } from '../../services/order-finder.ts';
import { type RefundCommand, Refunds } from '../../services/refunds.ts';
import { awaitServer } from './await-server.ts';
import { type OpenedPorts, withPorts } from './with-ports.ts';

/** Passes all orders that match to `use`, in pages, beside running servers. Errors: the Fault of the store. */
export function exportOrdersOnce(
  search: OrderExport,
  config: Config,
  use: (pages: AsyncIterable<readonly Order[]>) => Promise<void>,
): Promise<boolean> {
  return withStore(config, (ports) => new AdminOrders(ports).export(search, use));
}

/** A stored order; undefined if there is none. Errors: the Fault of the store. */
export function orderOnce(orderId: string, config: Config): Promise<Order | undefined> {
  return withStore(config, ({ store }) => store.order(orderId));
}

/** Requests a refund beside running servers, whose scheduler makes it. Errors: the Fault of a port. */
export function refundOnce(orderId: string, command: RefundCommand, config: Config): Promise<RefundResult> {
  return withStore(config, (ports) => {
    // The scheduler returns tickets that can't be returned now.
    const refunds = new Refunds({
      ...ports,
      finder: new OrderFinder(ports),
      newId: randomUUID,
      onNotReturned: () => {},
    });
    return refunds.request(orderId, command);
  });
}

function withStore<Result>(config: Config, use: (ports: OpenedPorts) => Promise<Result>): Promise<Result> {
  return withPorts(config, async (ports) => {
    await awaitServer('the order store', () => ports.store.ping());
    return use(ports);
  });
}
