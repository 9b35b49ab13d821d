import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { capturedEvent } from '../../src/adapters/payment-sandbox/event.ts';
import { sign } from '../../src/adapters/payment-sandbox/signature.ts';
import type { OrderJson } from '../../src/api/orders/schema.ts';
import { webhookSecretOf } from '../../src/app/adapters/payments.ts';
import { type Client, createClient } from '../support/http-client.ts';
import { INSTALLATIONS, type Installation } from '../support/installation.ts';

const PRICE = { amount: 4_999, currency: 'EUR' };
const POLL = { timeout: 30_000, interval: 100 };

describe.each(INSTALLATIONS)('money on %s', (_name, open) => {
  describe.skipIf(open === undefined)('with every role at work', () => {
    let installation: Installation;
    let client: Client;

    beforeAll(async () => {
      installation = await (open as NonNullable<typeof open>)();
      client = createClient(installation.port, 16);
    });

    afterAll(async () => {
      client?.close();
      await installation?.stop();
    });

    const tokenOf = (user: string) => installation.workspace.tokenOf(user);
    const admin = () => installation.workspace.tokenOf('boss', 'admin');

    async function buy(saleId: string, user: string, quantity: number): Promise<OrderJson> {
      const answer = await client.purchase({ saleId, token: tokenOf(user), key: `${user}-${quantity}`, quantity });
      expect(answer.status).toBe(201);
      return JSON.parse(answer.body) as OrderJson;
    }

    /** The provider's event that the order's payment was captured. */
    async function capture({ id, tickets }: OrderJson): Promise<void> {
      const body = capturedEvent({ id, tickets, price: PRICE }, Date.now());
      const secret = webhookSecretOf(installation.workspace.env.JWT_SECRET ?? '');
      const signature = sign(secret, body, Math.floor(Date.now() / 1000));
      const { status } = await client.post('/v1/webhooks/payments', body, { 'floodgate-signature': signature });
      expect(status).toBe(200);
    }

    const read = async (id: string): Promise<OrderJson> =>
      JSON.parse((await client.get(`/v1/orders/${id}`, admin())).body) as OrderJson;
    const untilExpired = (id: string) => expect.poll(async () => (await read(id)).state, POLL).toBe('expired');
    const adminCall = async (method: 'GET' | 'POST', path: string, body?: object) => {
      const url = `/v1/admin/${path}`;
      const asked = method === 'GET' ? client.get(url, admin()) : client.call(method, url, admin(), body);
      const { status, body: answer } = await asked;
      return { status, body: JSON.parse(answer) };
    };
    const remainingOf = async (saleId: string) =>
      (JSON.parse((await client.get(`/v1/sales/${saleId}`)).body) as { readonly remaining: number }).remaining;

    test('that comes late buys as many tickets again, and is given back when there are too few', async () => {
      const { workspace } = installation;
      await workspace.publish({ id: 'late', total: 3, perBuyerLimit: 2, price: PRICE, payWithinSeconds: 1 });
      const first = await buy('late', 'ann', 2);
      await untilExpired(first.id);
      await expect.poll(() => remainingOf('late'), POLL).toBe(3);
      await capture(first);
      await expect.poll(async () => (await read(first.id)).rebookedAs, POLL).toBeTypeOf('string');
      await capture(first);
      const bought = await read((await read(first.id)).rebookedAs ?? '');
      expect(bought).toMatchObject({ state: 'paid', quantity: 2, userId: 'ann', rebookOf: first.id });
      expect(await remainingOf('late')).toBe(1);

      const second = await buy('late', 'bob', 1);
      await untilExpired(second.id);
      await expect.poll(() => remainingOf('late'), POLL).toBe(1);
      const quick = await buy('late', 'carla', 1);
      await capture(quick);
      expect(await read(quick.id)).toMatchObject({ state: 'paid' });
      await capture(second);
      await expect.poll(async () => (await read(second.id)).refunded, POLL).toEqual(PRICE);
      expect(await read(second.id)).toMatchObject({ state: 'expired' });

      const { body: report } = await adminCall('GET', 'sales/late/report');
      expect(report).toMatchObject({
        paid: 2,
        expired: 2,
        refunded: 1,
        revenue: { amount: 3 * PRICE.amount },
        captured: { amount: 4 * PRICE.amount },
        givenBack: PRICE,
      });
      await expect.poll(async () => (await adminCall('GET', 'sales/late/audit')).body.ok, POLL).toBe(true);
    });

    test('is given back in parts, whole, with the tickets or without, and never twice', async () => {
      const { workspace } = installation;
      await workspace.publish({ id: 'back', total: 10, perBuyerLimit: 4, price: PRICE });
      const [kept, returned, unpaid] = [
        await buy('back', 'ann', 2),
        await buy('back', 'bob', 3),
        await buy('back', 'carla', 1),
      ];
      for (const order of [kept, returned]) await capture(order);
      const refund = (id: string, body: object) => adminCall('POST', `orders/${id}/refund`, { reason: 'x', ...body });

      expect(await refund(unpaid.id, {})).toMatchObject({ status: 409, body: { code: 'not_refundable' } });
      expect((await refund(kept.id, { amount: 2 * PRICE.amount + 1 })).status).toBe(422);
      expect((await refund(kept.id, { amount: 1_000 })).status).toBe(202);
      const twice = await Promise.all([refund(returned.id, { returnTickets: true }), refund(returned.id, {})]);
      expect(twice.map(({ status }) => status).toSorted()).toEqual([202, 409]);
      const isReturned = twice[0]?.status === 202;
      expect(await read(kept.id)).toMatchObject({ state: 'paid', refunded: { amount: 1_000 } });
      expect(await read(returned.id)).toMatchObject({ state: isReturned ? 'cancelled' : 'paid' });
      await expect.poll(() => remainingOf('back'), POLL).toBe(isReturned ? 7 : 4);

      const refundsOf = async (id: string) => (await adminCall('GET', `orders/${id}/refunds`)).body.items;
      await expect.poll(() => refundsOf(kept.id), POLL).toMatchObject([{ state: 'refunded' }]);
      await expect.poll(() => refundsOf(returned.id), POLL).toMatchObject([{ state: 'refunded' }]);
      const { body: report } = await adminCall('GET', 'sales/back/report');
      expect(report).toMatchObject({
        revenue: { amount: 2 * PRICE.amount - 1_000 },
        captured: { amount: 5 * PRICE.amount },
        givenBack: { amount: 3 * PRICE.amount + 1_000 },
      });
      await expect.poll(async () => (await adminCall('GET', 'sales/back/audit')).body.ok, POLL).toBe(true);
    });
  });
});
