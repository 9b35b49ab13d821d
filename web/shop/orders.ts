import type { OrderJson } from '../../src/client/index.ts';

/** An order that ended does not come back: whatever says otherwise was written before and came later. */
function newer(known: OrderJson | undefined, told: OrderJson): OrderJson {
  return known !== undefined && known.state !== 'reserved' && told.state === 'reserved' ? known : told;
}

/** All orders, each as it was last, newest first. Ids sort by time. */
export function mergeOrders(known: readonly OrderJson[], told: readonly OrderJson[]): readonly OrderJson[] {
  const all = new Map(known.map((order) => [order.id, order]));
  for (const order of told) all.set(order.id, newer(all.get(order.id), order));
  return [...all.values()].sort((a, b) => (a.id < b.id ? 1 : -1));
}

/** Whether it holds its ticket, so that it counts for the buyer's limit. */
export function holdsTicket({ state }: Pick<OrderJson, 'state'>): boolean {
  return state === 'reserved' || state === 'paid';
}
