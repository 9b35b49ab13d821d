import { type Order, totalOf } from '../../../src/domain/order.ts';
import { isPublic, type Sale } from '../../../src/domain/sale.ts';
import { isLive } from '../../support/order-lifecycle.ts';
import type { History, Steered } from '../actors/history.ts';
import type { PlannedFault, Scenario } from '../scenario.ts';
import type { DataCenter } from '../servers/data-center.ts';
import type { Report } from './report.ts';

/** Audits the contents of queue, log, store and provider once everything is at rest. */
export async function checkFromInside(
  center: DataCenter,
  scenario: Scenario,
  history: History,
  report: Report,
): Promise<void> {
  const { sales, faults, targetedFaults } = scenario;
  const did = (...kinds: readonly PlannedFault['kind'][]) => faults.some(({ kind }) => kinds.includes(kind));
  const tampered = did('tamper');
  const everLost = did('restart', 'flush', 'tamper') || targetedFaults.some(({ lost }) => lost !== undefined);
  const orders = center.store.all();
  for (const { id, state } of orders) {
    if (state === 'reserved') report(`promise 5: the order ${id} never ended`);
    if (state === 'rejected' && !everLost) {
      report(`the order ${id} was rejected although the queue lost nothing`);
    }
  }
  for (const sale of sales) {
    const stored = await center.catalogue.sale(sale.id);
    // An admin who got no answer until the sale was over could not publish it.
    if (stored === undefined || !isPublic(stored)) continue;
    const own = orders.filter(({ saleId }) => saleId === sale.id);
    checkQueue(center, stored, own, { tampered, archives: scenario.archives && sale === sales[0] }, report);
    await checkLog(center, sale, own, report);
    checkSteering(history, sale, stored, own, report);
    // A queue that has lost a pause without noticing sells.
    if (!tampered) checkPauses(history, sale.id, own, report);
  }
  const owed = await center.store.owedTickets(Number.MAX_SAFE_INTEGER);
  for (const { orderId } of owed) report(`promise 5: the queue is still owed the ticket of ${orderId}`);
  if (center.broker.letters.length > 0) report(`${center.broker.letters.length} records were dead-lettered`);
  checkMoney(center, orders, report);
}

function checkQueue(
  center: DataCenter,
  sale: Sale,
  orders: readonly Order[],
  { tampered, archives }: { readonly tampered: boolean; readonly archives: boolean },
  report: Report,
): void {
  if (sale.status === 'archived') checkArchived(center, sale, report);
  else if (!tampered) {
    // A queue that has lost changes without noticing may never be settled.
    if (archives) report(`${sale.id} was never archived`);
    checkTickets(center, sale, orders, report);
  }
}

/** Nothing is left in the queue of an archived sale, which stays archived. */
function checkArchived(center: DataCenter, { id }: Sale, report: Report): void {
  const { queue, ledger } = center.queue.memory.contents(id);
  if (queue.length + ledger.length > 0) report(`the queue has tickets of ${id}, which is archived`);
}

/** What a removed sale's ledger had is known elsewhere: each of its orders is stored, and was paid. A refund may have ended it since. */
export function checkRemoved(center: DataCenter, saleId: string, report: Report): void {
  const { ledger, pending } = center.queue.memory.contents(saleId);
  for (const orderId of pending) report(`${saleId} was removed with the unpublished reservation ${orderId}`);
  const orders = new Map(center.store.all().map((order) => [order.id, order]));
  for (const { orderId } of ledger) {
    const { paidAt, state = 'not stored' } = orders.get(orderId) ?? {};
    if (paidAt === undefined) report(`${saleId} was removed while its order ${orderId} was ${state}`);
  }
}

/** The free and held tickets are all tickets, each once; the ledger matches the live orders. */
function checkTickets(center: DataCenter, sale: Sale, orders: readonly Order[], report: Report): void {
  const { queue, ledger, pending } = center.queue.memory.contents(sale.id);
  const held = ledger.flatMap(({ tickets }) => tickets);
  const tickets = [...queue, ...held].sort((a, b) => a - b);
  const all = Array.from({ length: sale.total }, (_, n) => n + 1);
  if (tickets.join() !== all.join()) {
    report(`promise 5: of ${sale.id} the queue has ${queue.join()} and the ledger ${held.join()}`);
  }
  const live = new Map(orders.filter(({ state }) => isLive(state)).map((order) => [order.id, order]));
  for (const { orderId, tickets: own, userId } of ledger) {
    const order = live.get(orderId);
    if (order === undefined) report(`the ledger of ${sale.id} has ${orderId}, which is not a live order`);
    else if (order.tickets.join() !== own.join() || order.userId !== userId)
      report(`the ledger has ${orderId} with other tickets or another buyer`);
    live.delete(orderId);
  }
  for (const orderId of live.keys()) report(`the ledger of ${sale.id} lacks the live order ${orderId}`);
  for (const orderId of pending) report(`the reservation ${orderId} of ${sale.id} was never published`);
}

/** Every logged order is stored, and counted once. */
async function checkLog(center: DataCenter, sale: Sale, orders: readonly Order[], report: Report): Promise<void> {
  const stored = new Set(orders.map(({ id }) => id));
  let logged = 0;
  for (const { record } of center.broker.partitions.flat()) {
    if (record?.type !== 'reservations' || record.saleId !== sale.id) continue;
    for (const { tickets } of record.items) logged += tickets.length;
    for (const { orderId } of record.items) {
      if (!stored.has(orderId)) report(`the order ${orderId} is in the log but was never stored`);
    }
  }
  const counted = (await center.live.sale(sale.id))?.reserved ?? 0;
  if (counted !== logged) report(`the live state counts ${counted} tickets of ${sale.id}, the log holds ${logged}`);
}

/** What admins were answered has happened once. */
function checkSteering(
  { steered }: History,
  asLoaded: Sale,
  sale: Sale,
  orders: readonly Order[],
  report: Report,
): void {
  const adding = steered.filter(({ saleId, act }) => saleId === sale.id && act.kind === 'addStock');
  const sumOf = (some: readonly Steered[]) =>
    some.reduce((sum, { act }) => sum + (act.kind === 'addStock' ? act.quantity : 0), 0);
  const added = sumOf(adding.filter(({ kind }) => kind === 'changed'));
  // A call without an answer may take effect after its repetition was told that the sale is over.
  const unsure = sumOf(adding.filter(({ kind, repeated }) => kind !== 'changed' && repeated));
  const excess = sale.total - asLoaded.total - added;
  if (excess < 0 || excess > unsure) {
    report(`${sale.id} has ${sale.total} tickets: ${asLoaded.total}, and ${added} that were added`);
  }
  for (const { id, tickets, reservedAt } of orders) {
    if (tickets.some((ticket) => ticket < 1 || ticket > sale.total))
      report(`order ${id} has one of ${tickets} tickets`);
    if (reservedAt >= sale.closesAt) report(`order ${id} was sold after the end`);
  }
}

function checkPauses({ pauses }: History, saleId: string, orders: readonly Order[], report: Report): void {
  const own = pauses.filter((pause) => pause.saleId === saleId);
  for (const { id, reservedAt } of orders) {
    if (own.some(({ from, to }) => reservedAt > from && reservedAt < to)) report(`order ${id} was sold in a pause`);
  }
}

/** The money of each payment is kept for what its order, or the one it bought later, has not given back. All else is given back, once. */
function checkMoney({ provider }: DataCenter, orders: readonly Order[], report: Report): void {
  const byId = new Map(orders.map((order) => [order.id, order]));
  const unpaid = new Set(orders.filter(({ paidAt }) => paidAt !== undefined).map(({ id }) => id));
  for (const [paymentId, { orderId, amount, refunds }] of provider.payments) {
    const named = byId.get(orderId);
    const order = named?.paidAt === undefined ? byId.get(named?.rebookedAs ?? '') : named;
    const back = order === undefined ? amount.amount : (order.refunded?.amount ?? 0);
    if (order !== undefined && amount.amount !== totalOf(order).amount) {
      report(`the order ${order.id} of ${order.tickets.length} tickets is paid by ${amount.amount}`);
    }
    const given = [...refunds.values()].reduce((sum, one) => sum + one, 0);
    if (given !== back) report(`of ${paymentId} ${given} were given back instead of ${back}`);
    if (order !== undefined) unpaid.delete(order.id);
  }
  for (const orderId of unpaid) report(`the order ${orderId} is paid, but no payment was captured for it`);
}
