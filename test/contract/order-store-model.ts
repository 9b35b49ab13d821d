import fc from 'fast-check';
import { expect } from 'vitest';
import { isLive, type OrderState } from '../../src/domain/order.ts';
import type { NewOrder } from '../../src/ports/order-store.ts';
import { newOrder } from '../support/orders.ts';
import type { OrderStoreHarness } from './order-store-harness.ts';

/** Few of each, so that they meet. */
const ORDERS = 12;
const number = fc.nat({ max: ORDERS - 1 });
/** What an id stands for never changes. */
const wish = fc.record({
  ticket: fc.integer({ min: 1, max: 5 }),
  user: fc.nat({ max: 2 }),
  key: fc.nat({ max: 2 }),
});
const step = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ type: fc.constant('store' as const), numbers: fc.array(number, { maxLength: 8 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant('move' as const),
      n: number,
      state: fc.constantFrom<OrderState>('paid', 'cancelled', 'expired'),
    }),
  },
);

const wishes = fc.array(wish, { minLength: ORDERS, maxLength: ORDERS });

interface ModelOrder {
  state: OrderState;
  readonly ticket: number;
  readonly owner: string;
}

/** The rules of the port, an order at a time. */
class Model {
  readonly orders = new Map<string, ModelOrder>();

  store({ order, key }: NewOrder): 'stored' | 'repeated' | 'ticket' | 'key' {
    if (this.orders.has(order.id)) return 'repeated';
    const owner = `${order.userId}/${key}`;
    const all = [...this.orders.values()];
    const rival =
      (all.some((one) => one.ticket === order.ticket && isLive(one.state)) && 'ticket') ||
      (all.some((one) => one.owner === owner) && 'key');
    this.orders.set(order.id, {
      state: rival ? 'rejected' : 'reserved',
      ticket: order.ticket,
      owner: rival ? '' : owner,
    });
    return rival || 'stored';
  }
}

/** Random batches and state changes on a sale of their own; after each, the store must say what the model says. */
export async function orderStoreModel(
  { store, setState }: OrderStoreHarness,
  nextSaleId: () => string,
  nextOrderId: () => string,
): Promise<void> {
  await fc.assert(
    fc.asyncProperty(wishes, fc.array(step, { minLength: 1, maxLength: 8 }), async (wishes, steps) => {
      const saleId = nextSaleId();
      const orders = wishes.map(({ ticket, user, key }) =>
        newOrder({ saleId, ticket, id: nextOrderId(), userId: `u${user}`, key: `k:${key}` }),
      );
      const numbered = (n: number): NewOrder => orders[n] as NewOrder;
      const model = new Model();
      for (const one of steps) {
        if (one.type === 'move') {
          const { id } = numbered(one.n).order;
          const known = model.orders.get(id);
          if (known?.state !== 'reserved') continue;
          known.state = one.state;
          await setState(id, one.state);
          continue;
        }
        const batch = one.numbers.map(numbered);
        const answers = batch.map((order) => model.store(order));
        const result = await store.store({ group: 'model', positions: [], orders: batch });
        expect({
          ...result,
          rejected: result.rejected.map(({ order, reason }) => `${order.id} ${reason}`).sort(),
        }).toEqual({
          stored: answers.filter((answer) => answer === 'stored').length,
          repeated: answers.filter((answer) => answer === 'repeated').length,
          rejected: batch
            .flatMap(({ order }, i) =>
              answers[i] === 'ticket' || answers[i] === 'key' ? [`${order.id} ${answers[i]}`] : [],
            )
            .sort(),
        });
      }
      const found = await store.orders({ saleId, limit: 200 });
      expect(new Map(found.map(({ id, state, ticket }) => [id, { state, ticket }]))).toEqual(
        new Map([...model.orders].map(([id, { state, ticket }]) => [id, { state, ticket }])),
      );
    }),
    { numRuns: 60 },
  );
}
