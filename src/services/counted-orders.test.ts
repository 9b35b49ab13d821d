import { expect, it } from 'vitest';
import { MemoryOrderStore } from '../../test/support/fakes/memory-order-store.ts';
import { newOrder } from '../../test/support/orders.ts';
import type { Capture } from '../ports/order-payments.ts';
import { countedOrders } from './counted-orders.ts';

it('counts each order that is paid or cancelled once, and none that was already', async () => {
  const store = new MemoryOrderStore();
  const orders = [1, 2, 3, 4].map((ticket) => newOrder({ saleId: 'a', tickets: [ticket] }));
  await store.store({ group: 'g', positions: [], orders });
  const [a = '', b = '', c = '', d = ''] = orders.map(({ order }) => order.id);
  const counts = { paid: 0, cancelled: 0 };
  const counted = countedOrders(
    { transition: store.transition.bind(store), capture: store.capture.bind(store) },
    (as, number) => {
      counts[as] += number;
    },
  );
  const capture = (orderId: string, at: number, parts: Partial<Capture> = {}) =>
    counted.capture({
      ...{ eventId: `e-${orderId}`, paymentId: `p-${orderId}`, orderId, at },
      amount: { amount: 12_999, currency: 'USD' },
      ...parts,
    });
  await counted.transition('cancelled', [a], 1);
  await counted.transition('cancelled', [a], 2);
  await counted.transition('expired', [b], 3);
  await capture(c, 4);
  await capture(c, 5);
  await capture(c, 6, { eventId: 'another' });
  await capture(b, 7);
  await capture(d, 8, { amount: { amount: 1, currency: 'USD' } });
  await capture('0ABCDEFGHJKMNP', 9);
  expect(counts).toEqual({ paid: 1, cancelled: 1 });
});
