import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sign } from '../../src/adapters/payment-sandbox/signature.ts';
import { listenUws } from '../../src/adapters/uws/listen.ts';
import { issueToken } from '../../src/api/auth/issue-token.ts';
import type { OrderJson } from '../../src/api/orders/schema.ts';
import type { Money } from '../../src/domain/money.ts';
import { startFloodgate } from '../support/floodgate-process.ts';
import { createClient } from '../support/http-client.ts';
import { RawClient } from '../support/raw-http.ts';
import { untilSettled } from '../support/settled.ts';
import { openShop, SHOP_SECRET, saleNamed } from '../support/shop.ts';
import { createWorkspace } from '../support/workspace.ts';

const RACES = 200;
const WEBHOOK = '/v1/webhooks/payments';

const TOTAL = 1000;
const WEBHOOK_SECRET = 'what the provider signs with, in this test run';

interface FrontUnderTest {
  readonly port: number;
  /** The key of the tokens. */
  readonly secret: string;
  readonly webhookSecret: string;
  /** Of each order. */
  readonly price: Money;
  readonly stop: () => Promise<void>;
}

describe.each([
  ['on uWebSockets.js', openFront],
  ['on the whole program', startProgram],
])('an order over HTTP %s', (_where, open) => {
  let front: FrontUnderTest;
  let origin: string;

  beforeAll(async () => {
    front = await open();
    origin = `http://127.0.0.1:${front.port}`;
  });
  afterAll(() => front.stop());

  async function call(method: 'GET' | 'POST', path: string, userId: string) {
    const token = issueToken({ secret: front.secret, userId, role: 'buyer', ttlSeconds: 60 });
    const response = await fetch(origin + path, { method, headers: { authorization: `Bearer ${token}` } });
    const text = await response.text();
    return { status: response.status, text, body: JSON.parse(text) as OrderJson & { readonly code?: string } };
  }

  async function buy(userId: string): Promise<string> {
    const { status, body } = await call('POST', '/v1/sales/demo/purchases', userId);
    expect(status).toBe(201);
    return body.id;
  }

  async function deliver(body: string, signature: string): Promise<number> {
    const response = await fetch(origin + WEBHOOK, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'floodgate-signature': signature },
      body,
    });
    await response.text();
    return response.status;
  }

  function captured(orderId: string, took: Money = front.price): string {
    const data = { paymentId: `pay_${orderId}`, orderId, ...took };
    return JSON.stringify({ id: `evt_${orderId}`, type: 'payment.captured', createdAt: '2026-01-01T00:00:00Z', data });
  }

  const nowSeconds = () => Math.floor(Date.now() / 1000);

  it('is paid once by the provider’s signed event, and can’t be cancelled afterwards', async () => {
    const id = await buy('ann');
    const paid = await call('POST', `/v1/orders/${id}/pay`, 'ann');
    expect([paid.status, paid.body.state]).toEqual([200, 'paid']);
    expect((await call('POST', `/v1/orders/${id}/pay`, 'ann')).text).toBe(paid.text);
    expect((await call('GET', `/v1/orders/${id}`, 'ann')).text).toBe(paid.text);
    expect(await call('POST', `/v1/orders/${id}/cancel`, 'ann')).toMatchObject({
      status: 409,
      body: { code: 'not_cancellable', detail: 'The order is paid.' },
    });
  });

  it('is cancelled once, and can’t be paid afterwards', async () => {
    const id = await buy('ann');
    const cancelled = await call('POST', `/v1/orders/${id}/cancel`, 'ann');
    expect([cancelled.status, cancelled.body.state]).toEqual([200, 'cancelled']);
    expect((await call('POST', `/v1/orders/${id}/cancel`, 'ann')).text).toBe(cancelled.text);
    expect(await call('POST', `/v1/orders/${id}/pay`, 'ann')).toMatchObject({
      status: 409,
      body: { code: 'not_payable', detail: 'The order is cancelled.' },
    });
  });

  it('can’t be paid or cancelled by another buyer', async () => {
    const id = await buy('ann');
    expect((await call('POST', `/v1/orders/${id}/pay`, 'bob')).status).toBe(404);
    expect((await call('POST', `/v1/orders/${id}/cancel`, 'bob')).status).toBe(404);
    expect((await call('GET', `/v1/orders/${id}`, 'ann')).body.state).toBe('reserved');
  });

  it('that is paid and cancelled at the same moment has one end state, and all answers agree', async () => {
    const ids = await Promise.all(Array.from({ length: RACES }, (_, n) => buy(`racer-${n}`)));
    const race = async (id: string, n: number) => {
      const user = `racer-${n}`;
      const body = captured(id);
      const event = () => deliver(body, sign(front.webhookSecret, body, nowSeconds()));
      const cancel = () => call('POST', `/v1/orders/${id}/cancel`, user);
      // A quarter each is paid or cancelled first, so that both end states occur; the others are races.
      const early = n % 2 === 0 ? event() : undefined;
      if (n % 4 === 0) await early;
      const first = n % 4 === 1 ? await cancel() : undefined;
      const [pay, cancelled, delivered] = await Promise.all([
        n % 2 === 0 ? call('POST', `/v1/orders/${id}/pay`, user) : undefined,
        first ?? cancel(),
        early ?? event(),
      ]);
      const { body: order } = await call('GET', `/v1/orders/${id}`, user);
      return { pay: pay?.status, cancel: cancelled.status, delivered, state: order.state };
    };
    const ends = await Promise.all(ids.map(race));
    for (const { pay, cancel, delivered, state } of ends) {
      expect(['paid', 'cancelled']).toContain(state);
      expect(delivered).toBe(200);
      expect(cancel).toBe(state === 'cancelled' ? 200 : 409);
      expect([undefined, state === 'paid' ? 200 : 409]).toContain(pay);
    }
    expect(new Set(ends.map(({ state }) => state)).size).toBe(2);
  });

  it('is not paid by an event with another signature, an old timestamp or an invalid body', async () => {
    const id = await buy('ann');
    const body = captured(id);
    expect(await deliver(body, sign('another secret', body, nowSeconds()))).toBe(401);
    expect(
      await deliver(body.replace(String(front.price.amount), '1'), sign(front.webhookSecret, body, nowSeconds())),
    ).toBe(401);
    expect(await deliver(body, sign(front.webhookSecret, body, nowSeconds() - 1000))).toBe(401);
    expect(await deliver('{}', sign(front.webhookSecret, '{}', nowSeconds()))).toBe(400);
    expect((await call('GET', `/v1/orders/${id}`, 'ann')).body.state).toBe('reserved');
    expect(await deliver(body, sign(front.webhookSecret, body, nowSeconds()))).toBe(200);
    expect((await call('GET', `/v1/orders/${id}`, 'ann')).body.state).toBe('paid');
  });

  it.each([
    [1, 'JPY'],
    [0, 'USD'],
    [13_000, 'USD'],
  ])('is not paid by a signed event of %d %s, and can be paid afterwards', async (amount, currency) => {
    const id = await buy('ann');
    const body = captured(id, { amount, currency });
    for (let n = 0; n < 2; n += 1) expect(await deliver(body, sign(front.webhookSecret, body, nowSeconds()))).toBe(200);
    expect((await call('GET', `/v1/orders/${id}`, 'ann')).body.state).toBe('reserved');
    expect(await call('POST', `/v1/orders/${id}/pay`, 'ann')).toMatchObject({ status: 200, body: { state: 'paid' } });
  });

  it('that is not known: its event is refused, so that the provider repeats it', async () => {
    const body = captured('1JG8Z5E4T00000');
    expect(await deliver(body, sign(front.webhookSecret, body, nowSeconds()))).toBe(503);
  });

  it('is not changed by an event with two signatures of which one is valid', async () => {
    const id = await buy('ann');
    const body = captured(id);
    const valid = sign(front.webhookSecret, body, nowSeconds());
    const client = await RawClient.open(front.port);
    await client.send(
      `POST ${WEBHOOK} HTTP/1.1\r\nHost: x\r\nFloodgate-Signature: t=1,v1=00\r\nFloodgate-Signature: ${valid}\r\n` +
        `Content-Length: ${body.length}\r\n\r\n${body}`,
    );
    expect((await client.response())?.status).toBe(400);
    client.hangUp();
    expect((await call('GET', `/v1/orders/${id}`, 'ann')).body.state).toBe('reserved');
  });
});

async function openFront(): Promise<FrontUnderTest> {
  const { front, errors } = await openShop(listenUws, { sales: [saleNamed('demo')] });
  return {
    port: front.port,
    secret: SHOP_SECRET,
    webhookSecret: SHOP_SECRET,
    price: saleNamed('demo').price,
    async stop() {
      front.close();
      expect(errors).toEqual([]);
    },
  };
}

/** The built program on one file. At the end the tickets of cancelled orders, and no others, have to be in the queue. */
async function startProgram(): Promise<FrontUnderTest> {
  const workspace = await createWorkspace({ PAYMENT_WEBHOOK_SECRET: WEBHOOK_SECRET });
  const price = { amount: 12_999, currency: 'EUR' };
  await workspace.publish({ id: 'demo', total: TOTAL, perBuyerLimit: TOTAL, price });
  const server = await startFloodgate(workspace.env);
  return {
    port: server.port,
    secret: String(workspace.env.JWT_SECRET),
    webhookSecret: WEBHOOK_SECRET,
    price,
    async stop() {
      const client = createClient(server.port, 1);
      await untilSettled(client);
      client.close();
      expect(await server.kill('SIGTERM')).toBe(0);
      const { orders, remaining, held } = await workspace.inspect('demo');
      const live = orders.filter(({ state }) => state === 'paid' || state === 'reserved');
      expect([held, remaining]).toEqual([live.length, TOTAL - live.length]);
      expect(new Set(live.flatMap(({ tickets }) => tickets)).size).toBe(live.length);
      await workspace.remove();
    },
  };
}
