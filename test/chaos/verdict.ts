import type { Order } from '../../src/domain/order.ts';
import type { Sale } from '../../src/domain/sale.ts';
import { isLive } from '../support/order-lifecycle.ts';
import type { QueueAudit } from '../support/queue-audit.ts';
import type { Notebook } from './notebook.ts';

/** One promise, with a line for each violation. */
export interface Check {
  readonly promise: string;
  readonly broken: readonly string[];
}

export interface SaleAfterwards {
  readonly sale: Sale;
  readonly orders: readonly Order[];
  readonly audit: QueueAudit | undefined;
}

/** Compares the answers to buyers with the stored orders, and the stores with each other, when nothing changes any more. */
export function judge(sales: readonly SaleAfterwards[], notebook: Notebook): readonly Check[] {
  const byId = new Map(sales.flatMap(({ orders }) => orders.map((order) => [order.id, order] as const)));
  return [
    { promise: 'no ticket sold twice, at any moment', broken: sales.flatMap(soldTwice) },
    { promise: 'every 201 is a stored order', broken: lost(notebook, byId) },
    { promise: 'one order a key', broken: duplicates(sales, notebook) },
    { promise: 'no buyer over the limit, at any moment', broken: sales.flatMap(overLimit) },
    { promise: 'held + free = total, in the queue and the store', broken: sales.flatMap(unbalanced) },
    { promise: 'an order has the end state that its buyer was told', broken: wrongEnds(notebook, byId) },
    { promise: 'repeated answers are identical', broken: notebook.wrong },
  ];
}

/** An order holds its ticket from its reservation until it ends; a paid one never ends. */
interface Hold {
  readonly order: Order;
  readonly from: number;
  readonly to: number;
}

function holdsBy<K>(orders: readonly Order[], keyOf: (order: Order) => K): readonly (readonly Hold[])[] {
  const holds = new Map<K, Hold[]>();
  for (const order of orders) {
    // It never held its ticket: another order did.
    if (order.state === 'rejected') continue;
    const hold = { order, from: order.reservedAt, to: order.endedAt ?? Number.POSITIVE_INFINITY };
    const list = holds.get(keyOf(order));
    if (list === undefined) holds.set(keyOf(order), [hold]);
    else list.push(hold);
  }
  return [...holds.values()];
}

/** The holds at whose beginning there are more than `most` at once. */
const crowded = (holds: readonly Hold[], most: number): readonly Hold[] =>
  holds.filter(({ from }) => holds.filter((other) => other.from <= from && from < other.to).length > most);

function soldTwice({ sale, orders, audit }: SaleAfterwards): string[] {
  const outOfRange = orders.filter(({ ticket }) => ticket < 1 || ticket > sale.total).map(({ id }) => id);
  const twice = holdsBy(orders, ({ ticket }) => ticket).flatMap((holds) => crowded(holds, 1));
  return [
    ...outOfRange.map((id) => `${sale.id}: order ${id} has a ticket that does not exist`),
    ...twice.map(({ order }) => `${sale.id}: ticket ${order.ticket} was held by another order when ${order.id} got it`),
    ...(audit?.doubled ?? []).map((ticket) => `${sale.id}: the queue has ticket ${ticket} twice`),
  ];
}

function overLimit({ sale, orders }: SaleAfterwards): string[] {
  const over = holdsBy(orders, ({ userId }) => userId).flatMap((holds) => crowded(holds, sale.perBuyerLimit));
  return over.map(({ order }) => `${sale.id}: ${order.userId} was over the limit with ${order.id}`);
}

function lost({ clicks }: Notebook, byId: ReadonlyMap<string, Order>): string[] {
  return clicks.flatMap(({ order: answered, userId, key }) => {
    if (answered === undefined) return [];
    const stored = byId.get(answered.id);
    if (stored?.userId === userId && stored.ticket === answered.ticket && stored.state !== 'rejected') return [];
    return [`${userId} ${key}: answered with ${JSON.stringify(answered)}, stored is ${JSON.stringify(stored)}`];
  });
}

function duplicates(sales: readonly SaleAfterwards[], { clicks }: Notebook): string[] {
  const keys = new Map<string, number>();
  for (const { saleId, userId } of clicks) keys.set(`${saleId} ${userId}`, (keys.get(`${saleId} ${userId}`) ?? 0) + 1);
  const ids = clicks.flatMap(({ order }) => (order === undefined ? [] : [order.id]));
  const shared = ids.filter((id, n) => ids.indexOf(id) !== n).map((id) => `two clicks were answered with ${id}`);
  return [
    ...shared,
    ...sales.flatMap(({ sale, orders }) =>
      holdsBy(orders, ({ userId }) => userId)
        .filter((holds) => holds.length > (keys.get(`${sale.id} ${holds[0]?.order.userId}`) ?? 0))
        .map((holds) => `${sale.id}: ${holds[0]?.order.userId} has ${holds.length} orders, more than keys`),
    ),
  ];
}

function unbalanced({ sale, orders, audit }: SaleAfterwards): string[] {
  const live = orders.filter(({ state }) => isLive(state)).length;
  const sound = audit?.held === live && audit.heldByBuyers === live && audit.remaining === sale.total - live;
  return sound ? [] : [`${sale.id}: ${live} live orders of ${sale.total}, the queue says ${JSON.stringify(audit)}`];
}

function wrongEnds({ clicks }: Notebook, byId: ReadonlyMap<string, Order>): string[] {
  return clicks.flatMap(({ userId, key, order, end }) => {
    const stored = byId.get(order?.id ?? '');
    return end === undefined || stored?.state === end
      ? []
      : [`${userId} ${key}: answered ${end}, stored ${stored?.state}`];
  });
}
