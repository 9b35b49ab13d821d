import fc from 'fast-check';
import { expect } from 'vitest';
import { ORDER_STATES, type Order, totalOf } from '../../../src/domain/order.ts';
import type { EndState, NewOrder, OrderStore } from '../../../src/ports/order-store.ts';
import type { LifecycleModel } from './lifecycle-model.ts';

/** Few of each, so that commands often concern the same ones. */
export const ORDERS = 10;
const TICKETS = 8;
const PAYMENTS = 4;
const LAST_MOMENT = 5;

const ALL = 100_000;

export interface Sale {
  readonly id: string;
  /** A command names the process that it runs on. */
  readonly processes: readonly [OrderStore, OrderStore];
  /** By the numbers by which commands name them. */
  readonly orders: readonly NewOrder[];
}

type Command = fc.AsyncCommand<LifecycleModel, Sale>;

/** Runs on the model and on one of the processes; afterwards the other process must be in the state of the model. */
function command(
  name: string,
  process: number,
  act: (model: LifecycleModel, sale: Sale, store: OrderStore) => Promise<void>,
): Command {
  return {
    check: () => true,
    run: async (model, sale) => {
      await act(model, sale, sale.processes[process] as OrderStore);
      await expectSame(model, sale, sale.processes[1 - process] as OrderStore);
    },
    toString: () => `${name} by ${process}`,
  };
}

const process = fc.nat({ max: 1 });
const number = fc.nat({ max: ORDERS - 1 });
const numbers = fc.array(number, { maxLength: 6 });
const at = fc.integer({ min: 1, max: 1_000 });
const paymentNumber = fc.nat({ max: PAYMENTS - 1 });

const idOf = ({ orders }: Sale, n: number): string => (orders[n] as NewOrder).order.id;
const paymentOf = ({ id }: Sale, n: number): string => `${id}-pay-${n}`;

const store = fc.tuple(numbers, process).map(([some, by]) =>
  command(`store ${some}`, by, async (model, sale, store) => {
    const batch = some.map((n) => sale.orders[n] as NewOrder);
    const answers = batch.map((order) => model.store(order));
    const { rejected, ...counts } = await store.store({ group: 'model', positions: [], orders: batch });
    const countOf = (answer: string) => answers.filter((one) => one === answer).length;
    expect(counts).toEqual({ stored: countOf('stored'), repeated: countOf('repeated') });
    expect(rejected.map(({ order, reason }) => `${order.id} ${reason}`).sort()).toEqual(
      batch
        .map(({ order }, i) => `${order.id} ${answers[i]}`)
        .filter((answer) => / (ticket|key)$/.test(answer))
        .sort(),
    );
  }),
);

const transition = fc
  .tuple(fc.constantFrom<EndState>('paid', 'cancelled', 'expired'), numbers, at, process)
  .map(([to, some, at, by]) =>
    command(`${to} ${some} at ${at}`, by, async (model, sale, store) => {
      const ids = some.map((n) => idOf(sale, n));
      const expected = ids.filter((id) => model.transition(to, id, at)).map((id) => model.orders.get(id));
      const moved = await store.transition(to, ids, at);
      expect(moved.toSorted(byId)).toStrictEqual((expected as Order[]).toSorted(byId));
    }),
  );

/** What a capture takes of an order, mostly what it costs. */
const AMOUNTS = {
  total: (order: Order) => totalOf(order).amount,
  'one ticket': ({ price }: Order) => price.amount,
  more: (order: Order) => totalOf(order).amount + 1,
} as const;
const taken = fc.constantFrom<keyof typeof AMOUNTS>('total', 'total', 'total', 'one ticket', 'more');

const capture = fc
  .tuple(paymentNumber, paymentNumber, number, at, process, taken)
  .map(([event, payment, n, at, by, what]) =>
    command(`event ${event} of payment ${payment} (${what}) for ${n} at ${at}`, by, async (model, sale, store) => {
      const orderId = idOf(sale, n);
      const { order } = sale.orders[n] as NewOrder;
      const amount = { ...order.price, amount: AMOUNTS[what](order) };
      const capture = { eventId: `${sale.id}-evt-${event}`, paymentId: paymentOf(sale, payment), orderId, amount, at };
      const expected = model.capture(capture);
      const result = await store.capture(capture);
      expect(result.kind).toBe(expected.kind);
      if (result.kind !== 'unknownOrder') expectSameOrder(result.order, model.orders.get(expected.orderId ?? ''));
    }),
  );

const returned = fc.tuple(numbers, process).map(([some, by]) =>
  command(`returned ${some}`, by, async (model, sale, store) => {
    const ids = some.map((n) => idOf(sale, n));
    for (const id of ids) model.owed.delete(id);
    await store.returned(ids);
  }),
);

const refunded = fc.tuple(paymentNumber, at, process).map(([payment, at, by]) =>
  command(`refunded ${payment}`, by, async (model, sale, store) => {
    model.refunded(paymentOf(sale, payment));
    await store.refunded({ id: paymentOf(sale, payment), kind: 'payment' }, at);
  }),
);

const notRebooked = fc.tuple(paymentNumber, process).map(([payment, by]) =>
  command(`not rebooked ${payment}`, by, async (model, sale, store) => {
    model.notRebooked(paymentOf(sale, payment));
    await store.notRebooked(paymentOf(sale, payment));
  }),
);

const due = fc
  .tuple(fc.nat({ max: LAST_MOMENT }), fc.integer({ min: 1, max: ORDERS }), process)
  .map(([now, limit, by]) =>
    command(`due at ${now}, at most ${limit}`, by, async (model, { id }, store) => {
      const expected = model.due(now);
      const found = (await store.due(id, now, limit)).map((orderId) => expected.find((one) => one.id === orderId));
      const times = expected.map(({ payBy }) => payBy).sort((a, b) => a - b);
      expect(found.map((order) => order?.payBy)).toEqual(times.slice(0, limit));
      expect(new Set(found).size).toBe(found.length);
    }),
  );

const search = fc.tuple(fc.integer({ min: 1, max: TICKETS }), process).map(([ticket, by]) =>
  command(`search for ticket ${ticket}`, by, async (model, { id: saleId }, store) => {
    const expected = [...model.orders.values()].filter(({ tickets }) => tickets.includes(ticket)).toSorted(byId);
    const found = await store.search({ saleId, ticket, order: 'oldest', limit: ALL });
    expect(found.map(({ id }) => id).sort()).toEqual(expected.map(({ id }) => id));
  }),
);

/** Values of an order; the test adds the id. */
export const orderWish = fc.record({
  tickets: fc
    .uniqueArray(fc.integer({ min: 1, max: TICKETS }), { minLength: 1, maxLength: 4 })
    .map((tickets) => tickets.toSorted((a, b) => a - b)),
  user: fc.nat({ max: 2 }),
  key: fc.nat({ max: 2 }),
  payBy: fc.nat({ max: LAST_MOMENT }),
});

export const lifecycleCommands = [store, transition, capture, returned, refunded, notRebooked, due, search];

async function expectSame(model: LifecycleModel, { id: saleId }: Sale, store: OrderStore): Promise<void> {
  const orders = [...model.orders.values()].toSorted(byId);
  const found = (await store.orders({ saleId, limit: 200 })).toSorted(byId);
  expect(found.map(({ id }) => id)).toEqual(orders.map(({ id }) => id));
  for (const [i, order] of found.entries()) expectSameOrder(order, orders[i]);

  const live = orders.filter(({ state }) => state === 'reserved' || state === 'paid');
  expect(await store.counts(saleId)).toEqual({
    states: Object.fromEntries(
      ORDER_STATES.map((state) => [state, orders.filter((one) => one.state === state).length]),
    ),
    tickets: live.reduce((sum, { tickets }) => sum + tickets.length, 0),
  });

  const owed = (await store.owedTickets(ALL)).filter((one) => one.saleId === saleId);
  expect(owed.map(({ orderId, heldByOthers }) => `${orderId} ${heldByOthers}`)).toEqual(
    Array.from(model.owed, ([orderId, heldByOthers]) => `${orderId} ${heldByOthers}`).sort(),
  );

  const wrong = [...model.mismatches.values()];
  const payments = [...model.payments, ...wrong.map((one) => [one.paymentId, one] as const)];
  const refunds = (await store.refundsDue(ALL)).filter(({ orderId }) => model.orders.has(orderId));
  expect(refunds.map(({ paymentId, orderId }) => `${paymentId} ${orderId}`).sort()).toEqual(
    payments
      .filter(([, { refund }]) => refund === 'due')
      .map(([paymentId, { orderId }]) => `${paymentId} ${orderId}`)
      .sort(),
  );
  expect(await store.money(saleId)).toEqual({
    revenue: orders.reduce((sum, order) => sum + (order.state === 'paid' ? totalOf(order).amount : 0), 0),
    captured: takenBy(model, () => true),
    givenBack: takenBy(model, ({ refund }) => refund !== 'none'),
    refunded: payments.filter(([, { refund }]) => refund !== 'none').length,
    mismatched: wrong.length,
  });
}

/** What payments of the right amount took. */
function takenBy(model: LifecycleModel, isMeant: (payment: { readonly refund: string }) => boolean): number {
  return [...model.payments.values()]
    .filter(isMeant)
    .reduce((sum, { orderId }) => sum + totalOf(model.orders.get(orderId) as Order).amount, 0);
}

/** The time of a rejection is up to the store. */
function expectSameOrder(found: Order, expected: Order | undefined): void {
  const { endedAt, ...rest } = found;
  expect(found.state === 'rejected' ? rest : found).toStrictEqual(expected);
  if (found.state === 'rejected') expect(endedAt).toEqual(expect.any(Number));
}

function byId(a: Order, b: Order): number {
  return a.id < b.id ? -1 : 1;
}
