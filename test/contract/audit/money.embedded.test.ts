import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Sale } from '../../../src/domain/sale.ts';
import { auditRig, wrongIn } from '../../support/audit-rig.ts';

let rig: Awaited<ReturnType<typeof auditRig>>;
let sale: Sale;

beforeEach(async () => {
  rig = await auditRig();
  sale = await rig.open();
});

afterEach(() => rig.close());

describe('the audit finds', () => {
  const paid = async () => {
    const order = await rig.buy(sale, 'payer');
    await rig.pay(order);
    return { ...order, order: `order ${order.orderId} of buyer payer has ticket ${order.ticket}` };
  };

  test.each([
    ['lost', 'DELETE FROM payments', 'paid; it is not paid by exactly one payment'],
    [
      'counted twice',
      "INSERT INTO payments SELECT 'again', order_id, sale_id, 1, NULL, NULL, NULL, NULL FROM payments",
      'paid; it is not paid by exactly one payment',
    ],
    ['given back as well', 'UPDATE payments SET refund_due = 1', 'paid; it is not paid by exactly one payment'],
    [
      'less than shown',
      'UPDATE orders SET refunded_amount = 7 WHERE paid_at > 0',
      'paid; it shows another sum as given back than was requested',
    ],
  ])('a payment or refund that is %s', async (_what, statement, words) => {
    const { orderId, order } = await paid();
    await rig.sql(statement);
    expect(wrongIn(await rig.audit(sale))).toEqual({ money: [{ orderId, store: `${order}, ${words}` }] });
  });

  test('a refund that its order does not show', async () => {
    const { orderId, order } = await paid();
    const request = { orderId, amount: 5, returnTickets: false, reason: 'x', by: 'boss', at: 1 };
    await rig.ports.store.refund({ ...request, id: 'r1' });
    expect(wrongIn(await rig.audit(sale))).toEqual({});
    await rig.sql('UPDATE refunds SET amount = 6');
    const words = 'it shows another sum as given back than was requested';
    expect(wrongIn(await rig.audit(sale))).toEqual({ money: [{ orderId, store: `${order}, paid; ${words}` }] });
  });

  test('money that is kept for an order that has expired', async () => {
    const { orderId, ticket } = await rig.buy(sale, 'late');
    await rig.ports.store.transition('expired', [orderId], 2);
    await rig.ports.queue.release(sale.id, [orderId]);
    await rig.ports.store.returned([orderId]);
    await rig.pay({ orderId });
    expect(wrongIn(await rig.audit(sale))).toEqual({});
    await rig.sql('UPDATE payments SET rebook_due = NULL');
    const store = `order ${orderId} of buyer late has ticket ${ticket}, expired; its payment is kept: give it back by hand`;
    expect(wrongIn(await rig.audit(sale))).toEqual({ money: [{ orderId, store }] });
  });
});
