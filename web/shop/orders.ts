import type { OrderJson } from '../../src/client/index.ts';

/** A final order never becomes reserved again: a copy that says so is older and was delayed. */
function newer(known: OrderJson | undefined, received: OrderJson): OrderJson {
  return known !== undefined && known.state !== 'reserved' && received.state === 'reserved' ? known : received;
}

/** All orders, each in its latest state, newest first. Ids sort by time. */
export function mergeOrders(known: readonly OrderJson[], received: readonly OrderJson[]): readonly OrderJson[] {
  const all = new Map(known.map((order) => [order.id, order]));
  for (const order of received) all.set(order.id, newer(all.get(order.id), order));
  return [...all.values()].sort((a, b) => (a.id < b.id ? 1 : -1));
}

/** Whether the order holds its tickets and they therefore count towards the buyer's limit. */
export function holdsTickets({ state }: Pick<OrderJson, 'state'>): boolean {
  return state === 'reserved' || state === 'paid';
}
