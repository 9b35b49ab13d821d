import { describe, expect, it, onTestFinished } from 'vitest';
import type { Payments } from '../../../src/ports/payments.ts';
import { ManualClock } from '../../support/fakes/manual-clock.ts';
import { openWebhookReceiver, type WebhookReceiver } from '../../support/webhook-receiver.ts';
import { newOrderId } from '../fixtures.ts';

export interface PaymentsUnderTest {
  readonly payments: Payments;
  /** The header that the provider would send now with a body. */
  readonly sign: (body: string) => string;
}

export interface PaymentsOptions {
  readonly webhookUrl: string;
  readonly clock: ManualClock;
}

/** Concurrent charges: more than a provider may open connections for. */
const CHARGES = 300;

/** Longer than any provider accepts a message. */
const DAY_MS = 24 * 60 * 60 * 1000;

function anOrder() {
  return { id: newOrderId(), userId: 'u1', tickets: [7, 8], price: { amount: 12_999, currency: 'USD' } };
}

/** The contract of every provider's adapter. Its messages are sent to a real HTTP server. */
export function paymentsContract(name: string, open: (options: PaymentsOptions) => PaymentsUnderTest): void {
  describe(`payments: ${name}`, () => {
    async function rig(answer?: (nth: number) => number) {
      const receiver = await openWebhookReceiver(answer);
      onTestFinished(() => receiver.close());
      const clock = new ManualClock();
      return { receiver, clock, ...open({ webhookUrl: receiver.url, clock }) };
    }

    function readNth(payments: Payments, { received }: WebhookReceiver, nth: number) {
      const { headers, body } = received[nth] ?? { headers: {}, body: Buffer.alloc(0) };
      return payments.read(String(headers['floodgate-signature']), body);
    }

    it('a charge is followed by an authentic message that names the order', async () => {
      const { payments, receiver } = await rig();
      const order = anOrder();
      await payments.charge(order);
      expect(receiver.received).toHaveLength(1);
      expect(receiver.received[0]?.headers['content-type']).toBe('application/json');
      expect(readNth(payments, receiver, 0)).toEqual({
        id: expect.stringMatching(/^[\x21-\x7e]{1,255}$/),
        type: 'captured',
        paymentId: expect.stringMatching(/^[\x21-\x7e]{1,255}$/),
        orderId: order.id,
        amount: { amount: 25_998, currency: 'USD' },
      });
    });

    it('an order that is charged twice has one payment, and one message that is repeated', async () => {
      const { payments, receiver, clock } = await rig();
      const order = anOrder();
      await payments.charge(order);
      clock.advance(60_000);
      await payments.charge(order);
      expect(readNth(payments, receiver, 1)).toEqual(readNth(payments, receiver, 0));
    });

    it('two orders have two payments and two messages', async () => {
      const { payments, receiver } = await rig();
      await Promise.all([payments.charge(anOrder()), payments.charge(anOrder())]);
      const events = [0, 1].map((nth) => readNth(payments, receiver, nth));
      for (const field of ['id', 'paymentId', 'orderId'] as const) {
        expect(new Set(events.map((event) => (typeof event === 'string' ? event : event[field]))).size).toBe(2);
      }
    });

    it.each([500, 404, 302, 0])('a message that is answered with %d is sent again', async (status) => {
      const { payments, receiver } = await rig((nth) => (nth === 1 ? status : 200));
      await payments.charge(anOrder());
      expect(receiver.received).toHaveLength(2);
      expect(readNth(payments, receiver, 1)).toEqual(readNth(payments, receiver, 0));
    });

    it.each([
      ['refuses', 500],
      ['never answers', -1],
    ])('a charge ends although the receiver %s', async (_how, status) => {
      const { payments, receiver } = await rig(() => status);
      await payments.charge(anOrder());
      expect(receiver.received.length).toBeGreaterThan(1);
    });

    it('a charge whose message cannot be delivered is a retryable fault', async () => {
      const { payments, receiver } = await rig();
      await receiver.close();
      await expect(payments.charge(anOrder())).rejects.toMatchObject({ code: 'unavailable', retryable: true });
    });

    it('concurrent charges are all delivered, over a bounded number of connections', async () => {
      const { payments, receiver } = await rig();
      const orders = Array.from({ length: CHARGES }, anOrder);
      await Promise.all(orders.map((order) => payments.charge(order)));
      const events = receiver.received.map((_, nth) => readNth(payments, receiver, nth));
      const orderIds = events.map((event) => (typeof event === 'string' ? event : event.orderId));
      // On a busy machine a try may time out and its message come twice.
      expect([...new Set(orderIds)].sort()).toEqual(orders.map(({ id }) => id).sort());
      expect(receiver.mostConnections()).toBeLessThanOrEqual(CHARGES / 3);
    });

    it('a message is refused with a changed byte, with the signature of another one, and without one', async () => {
      const { payments, receiver } = await rig();
      await payments.charge(anOrder());
      await payments.charge(anOrder());
      const [first, second] = receiver.received.map(({ headers, body }) => ({
        body,
        signature: String(headers['floodgate-signature']),
      }));
      if (first === undefined || second === undefined) throw new Error('no messages');
      const changed = Buffer.from(first.body.toString().replace('25998', '25997'));
      expect(payments.read(first.signature, changed)).toBe('signature');
      expect(payments.read(second.signature, first.body)).toBe('signature');
      expect(payments.read('', first.body)).toBe('signature');
    });

    it('a message that is replayed a day later is refused', async () => {
      const { payments, receiver, clock } = await rig();
      await payments.charge(anOrder());
      clock.advance(DAY_MS);
      expect(readNth(payments, receiver, 0)).toBe('timestamp');
      clock.advance(-2 * DAY_MS);
      expect(readNth(payments, receiver, 0)).toBe('timestamp');
    });

    it.each([
      ['an empty body', ''],
      ['invalid JSON', '{'],
      ['null', 'null'],
      ['an array', '[]'],
      ['an empty object', '{}'],
      ['no data', '{"id":"evt_1","type":"payment.captured","createdAt":"2026-01-01T00:00:00Z"}'],
    ])('a signed body that is no event is refused: %s', async (_what, body) => {
      const { payments, sign } = await rig();
      expect(payments.read(sign(body), Buffer.from(body))).toBe('body');
    });

    it('a refund may be requested several times', async () => {
      const { payments } = await rig();
      const { price } = anOrder();
      const refund = { id: 'pay_1', kind: 'payment', paymentId: 'pay_1', amount: price } as const;
      await payments.refund(refund);
      await payments.refund(refund);
      await payments.refund({ ...refund, id: 'r1', kind: 'request', amount: { ...price, amount: 1 } });
    });
  });
}
