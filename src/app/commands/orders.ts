import type { Config } from '../../config.ts';
import type { Order } from '../../domain/order.ts';
import type { OrderStore } from '../../ports/order-store.ts';
import { AdminOrders, type OrderExport } from '../../services/admin-orders.ts';
import { createLog } from '../../telemetry/log.ts';
import { openPorts } from '../adapters/open-ports.ts';
import { awaitServer } from './await-server.ts';

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

async function withStore<Result>(
  config: Config,
  use: (ports: { readonly store: OrderStore; readonly clock: { monotonic(): number } }) => Promise<Result>,
): Promise<Result> {
  const { ports, close } = await openPorts(config, createLog({ level: 'warn', to: process.stderr }), { create: false });
  try {
    await awaitServer('the order store', () => ports.store.ping());
    return await use(ports);
  } finally {
    await close();
  }
}
