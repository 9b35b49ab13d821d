import { createIdSource } from '../../src/domain/ids.ts';
import type { Order } from '../../src/domain/order.ts';
import { reservedOrder } from '../../src/domain/purchase.ts';
import type { Sale } from '../../src/domain/sale.ts';
import type { BusEvent } from '../../src/ports/event-bus.ts';
import type { Payments } from '../../src/ports/payments.ts';
import type { Timers } from '../../src/ports/timers.ts';
import { LookupQueue } from '../../src/services/lookup-queue.ts';
import { OrderFinder } from '../../src/services/order-finder.ts';
import { Orders } from '../../src/services/orders.ts';
import { PaymentEvents, type PaymentNotice } from '../../src/services/payment-events.ts';
import { Refunds } from '../../src/services/refunds.ts';
import { ManualClock } from './fakes/manual-clock.ts';
import { MemoryCatalogue } from './fakes/memory-catalogue.ts';
import { MemoryOrderStore } from './fakes/memory-order-store.ts';
import { MemoryTicketQueue } from './fakes/memory-ticket-queue.ts';
import { aSale } from './sales.ts';

/** For how long an order is kept for a payment that began in time. */
export const GRACE_MS = 600_000;

export const ANN = { userId: 'ann', admin: false };
export const BOB = { userId: 'bob', admin: false };
export const ADMIN = { userId: 'root', admin: true };

export type OrdersRig = Awaited<ReturnType<typeof createOrdersRig>>;

/**
 * The order services on the fakes. A test replaces a call of `store`, `queue` or `payments` to make it fail, or to make
 * something happen in between.
 */
export async function createOrdersRig(
  sales: readonly Sale[] = [aSale({ perBuyerLimit: 1000, total: 1000 })],
  after?: Timers['after'],
) {
  const clock = new ManualClock();
  const newId = createIdSource({ node: 1, now: clock.now });
  const queue = new MemoryTicketQueue(clock.now);
  const store = new MemoryOrderStore();
  const catalogue = new MemoryCatalogue(sales);
  for (const sale of sales) await queue.load(sale);

  const { price } = sales[0] ?? aSale();
  const published: BusEvent[] = [];
  const notices: PaymentNotice[] = [];
  const notReturned: string[] = [];
  const unhandled: string[] = [];
  const charged: string[] = [];
  const events = { publish: (event: BusEvent) => void published.push(event) };

  /** The body of an event is the order's id, and what was captured unless it is the price; signatures are the adapter's. */
  const payments: Payments = {
    charge: async ({ id }) => {
      charged.push(id);
      await paymentEvents.receive('good', new TextEncoder().encode(id));
    },
    refund: async () => undefined,
    read: (signature, body) => {
      if (signature !== 'good') return 'signature';
      const [orderId = '', minorUnits, currency = 'USD'] = new TextDecoder().decode(body).split(' ');
      const amount = { amount: Number(minorUnits ?? price.amount), currency };
      return { id: `evt_${orderId}`, type: 'captured', paymentId: `pay_${orderId}`, orderId, amount };
    },
  };
  const finder = new OrderFinder({ store, queue, catalogue, clock });
  const paymentEvents = new PaymentEvents({
    payments,
    store,
    finder,
    events,
    clock,
    onNotice: (notice) => notices.push(notice),
    onUnhandled: (why) => unhandled.push(why),
  });
  const orders = new Orders({
    store,
    queue,
    lookups: new LookupQueue(clock),
    finder,
    payments,
    events,
    clock,
    graceMs: () => GRACE_MS,
    wait: async (ms) => clock.advance(ms),
    ...(after === undefined ? {} : { after }),
    onNotReturned: (_fault, { id }) => notReturned.push(id),
  });

  const refunds = new Refunds({
    store,
    finder,
    queue,
    events,
    clock,
    newId,
    onNotReturned: (_fault, { id }) => notReturned.push(id),
  });

  const reserve = async (userId: string, sale = sales[0] ?? aSale()): Promise<Order> => {
    const orderId = newId();
    const item = { orderId, userId, key: `o:${orderId}`, fingerprint: '{}', quantity: 1 };
    const reply = await queue.reserve(sale.id, sale.epoch, [item]);
    const answer = reply.kind === 'answered' ? reply.answers[0] : undefined;
    if (answer?.kind !== 'reserved') throw new Error(`not reserved: ${JSON.stringify(reply)}`);
    return reservedOrder(sale, { orderId, userId, tickets: answer.tickets, reservedAt: answer.reservedAt });
  };
  /** Stores orders as the worker does. */
  const settle = (...fresh: readonly Order[]) =>
    store.store({ group: 'g', positions: [], orders: fresh.map((order) => ({ order, key: `o:${order.id}` })) });
  const webhook = (orderId: string, signature = 'good') =>
    paymentEvents.receive(signature, new TextEncoder().encode(orderId));

  return {
    refunds,
    clock,
    newId,
    queue,
    store,
    payments,
    orders,
    events,
    reserve,
    settle,
    webhook,
    published,
    notices,
    unhandled,
    notReturned,
    charged,
  };
}

/** Makes a call fail from now on; with `after`, once it has done its work. */
export function failing<T extends object, K extends keyof T>(target: T, name: K, error: unknown, after = false): void {
  const real = target[name] as unknown as (...args: readonly unknown[]) => Promise<unknown>;
  const broken = async (...args: readonly unknown[]): Promise<never> => {
    if (after) await real.apply(target, args as unknown[]);
    throw error;
  };
  target[name] = broken as unknown as T[K];
}
