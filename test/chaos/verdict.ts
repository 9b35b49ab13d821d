import { type Order, totalOf } from '../../src/domain/order.ts';
import type { Sale } from '../../src/domain/sale.ts';
import type { SaleMoney } from '../../src/ports/order-payments.ts';
import { isLive, isReturned } from '../support/order-lifecycle.ts';
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
  readonly money: SaleMoney;
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
    { promise: 'an order has all the tickets that were asked for', broken: partial(notebook) },
    { promise: 'nothing is sold in a pause', broken: sales.flatMap((sale) => soldInPause(sale, notebook)) },
    { promise: 'money in = money kept + money given back', broken: sales.flatMap(lostMoney) },
    { promise: 'each refund is made once', broken: sales.flatMap((sale) => wrongRefunds(sale, notebook)) },
  ];
}

/** An order holds its tickets from its reservation until it ends; a paid one never ends. */
interface Hold {
  readonly order: Order;
  readonly from: number;
  readonly to: number;
}

function holdsBy<K>(orders: readonly Order[], keysOf: (order: Order) => readonly K[]): ReadonlyMap<K, readonly Hold[]> {
  const holds = new Map<K, Hold[]>();
  for (const order of orders) {
    // It never held its tickets: another order did.
    if (order.state === 'rejected') continue;
    const hold = { order, from: order.reservedAt, to: order.endedAt ?? Number.POSITIVE_INFINITY };
    for (const key of keysOf(order)) {
      const list = holds.get(key);
      if (list === undefined) holds.set(key, [hold]);
      else list.push(hold);
    }
  }
  return holds;
}

/** The holds at whose beginning there are more than `most` at once, each counted as so many. */
const crowded = (holds: readonly Hold[], most: number, countOf: (order: Order) => number = () => 1): readonly Hold[] =>
  holds.filter(({ from }) => {
    const atOnce = holds.filter((other) => other.from <= from && from < other.to);
    return atOnce.reduce((sum, { order }) => sum + countOf(order), 0) > most;
  });

function soldTwice({ sale, orders, audit }: SaleAfterwards): string[] {
  const isStray = (ticket: number) => ticket < 1 || ticket > sale.total;
  const outOfRange = orders.filter(({ tickets }) => tickets.some(isStray)).map(({ id }) => id);
  const twice = [...holdsBy(orders, ({ tickets }) => tickets)].flatMap(([ticket, holds]) =>
    crowded(holds, 1).map(({ order }) => ({ ticket, order })),
  );
  return [
    ...outOfRange.map((id) => `${sale.id}: order ${id} has a ticket that does not exist`),
    ...twice.map(
      ({ ticket, order }) => `${sale.id}: ticket ${ticket} was held by another order when ${order.id} got it`,
    ),
    ...(audit?.doubled ?? []).map((ticket) => `${sale.id}: the queue has ticket ${ticket} twice`),
  ];
}

function overLimit({ sale, orders }: SaleAfterwards): string[] {
  const over = [...holdsBy(orders, ({ userId }) => [userId]).values()].flatMap((holds) =>
    crowded(holds, sale.perBuyerLimit, ({ tickets }) => tickets.length),
  );
  return over.map(({ order }) => `${sale.id}: ${order.userId} was over the limit with ${order.id}`);
}

function lost({ clicks }: Notebook, byId: ReadonlyMap<string, Order>): string[] {
  return clicks.flatMap(({ order: answered, userId, key }) => {
    if (answered === undefined) return [];
    const stored = byId.get(answered.id);
    if (stored?.userId === userId && String(stored.tickets) === String(answered.tickets) && stored.state !== 'rejected')
      return [];
    return [`${userId} ${key}: answered with ${JSON.stringify(answered)}, stored is ${JSON.stringify(stored)}`];
  });
}

function partial({ clicks }: Notebook): string[] {
  return clicks.flatMap(({ userId, key, quantity, order }) =>
    order === undefined || order.tickets.length === quantity
      ? []
      : [`${userId} ${key}: asked for ${quantity} tickets, answered with ${order.tickets}`],
  );
}

function soldInPause({ sale, orders }: SaleAfterwards, { pauses }: Notebook): string[] {
  const own = pauses.filter(({ saleId }) => saleId === sale.id);
  return orders.flatMap(({ id, reservedAt }) =>
    own.some(({ from, to }) => reservedAt > from && reservedAt < to) ? [`${sale.id}: ${id} was sold in a pause`] : [],
  );
}

function duplicates(sales: readonly SaleAfterwards[], { clicks }: Notebook): string[] {
  const keys = new Map<string, number>();
  for (const { saleId, userId } of clicks) keys.set(`${saleId} ${userId}`, (keys.get(`${saleId} ${userId}`) ?? 0) + 1);
  const ids = clicks.flatMap(({ order }) => (order === undefined ? [] : [order.id]));
  const shared = ids.filter((id, n) => ids.indexOf(id) !== n).map((id) => `two clicks were answered with ${id}`);
  return [
    ...shared,
    ...sales.flatMap(({ sale, orders }) =>
      [...holdsBy(orders, ({ userId }) => [userId]).values()]
        .filter((holds) => askedFor(holds) > (keys.get(`${sale.id} ${holds[0]?.order.userId}`) ?? 0))
        .map((holds) => `${sale.id}: ${holds[0]?.order.userId} has ${holds.length} orders, more than keys`),
    ),
  ];
}

/** Orders that late money has bought have no click. */
function askedFor(holds: readonly Hold[]): number {
  return holds.filter(({ order }) => order.rebookOf === undefined).length;
}

function unbalanced({ sale, orders, audit }: SaleAfterwards): string[] {
  const live = orders.reduce((sum, { state, tickets }) => sum + (isLive(state) ? tickets.length : 0), 0);
  const sound = audit?.held === live && audit.heldByBuyers === live && audit.remaining === sale.total - live;
  return sound
    ? []
    : [`${sale.id}: live orders have ${live} tickets of ${sale.total}, the queue says ${JSON.stringify(audit)}`];
}

/** What payments took, by the orders that they paid and those that they came too late for, to the cent. */
function lostMoney({ sale, orders, money }: SaleAfterwards): string[] {
  const sumOf = (amounts: readonly number[]) => amounts.reduce((sum, amount) => sum + amount, 0);
  const wasPaid = ({ paidAt }: Order) => paidAt !== undefined;
  const back = ({ refunded }: Order) => refunded?.amount ?? 0;
  const paid = sumOf(orders.filter(wasPaid).map((order) => totalOf(order).amount));
  const late = sumOf(orders.filter((order) => !wasPaid(order)).map(back));
  const givenBack = sumOf(orders.map(back));
  const isRight =
    money.captured === paid + late && money.givenBack === givenBack && money.revenue === money.captured - givenBack;
  return isRight ? [] : [`${sale.id}: ${JSON.stringify(money)}; paid ${paid}, late ${late}, given back ${givenBack}`];
}

function wrongRefunds({ sale, orders }: SaleAfterwards, { refunds }: Notebook): string[] {
  return orders.flatMap(({ id, paidAt, refunded }) => {
    if (paidAt === undefined) return [];
    const told = [...(refunds.get(id)?.values() ?? [])].reduce((sum, amount) => sum + amount, 0);
    const back = refunded?.amount ?? 0;
    return told === back ? [] : [`${sale.id}: of ${id} ${back} are given back, admins were told ${told}`];
  });
}

function wrongEnds({ clicks }: Notebook, byId: ReadonlyMap<string, Order>): string[] {
  return clicks.flatMap(({ userId, key, order, end }) => {
    const stored = byId.get(order?.id ?? '');
    return end === undefined || stored?.state === end || (end === 'paid' && isReturned(stored))
      ? []
      : [`${userId} ${key}: answered ${end}, stored ${stored?.state}`];
  });
}
