import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Answer, type Client, createClient, inParallel } from '../support/http-client.ts';
import { INSTALLATIONS, type Installation } from '../support/installation.ts';

interface SaleBody {
  readonly id: string;
  readonly version: number;
  readonly phase: string;
  readonly total: number;
  readonly remaining: number;
}

const HOUR_MS = 3_600_000;

describe.each(INSTALLATIONS)('sales through the admin API on %s', (_name, open) => {
  describe.skipIf(open === undefined)('with every role at work', () => {
    let installation: Installation;
    let client: Client;
    let admin: string;
    let productId: string;

    beforeAll(async () => {
      installation = await (open as NonNullable<typeof open>)();
      client = createClient(installation.port, 64);
      admin = installation.workspace.tokenOf('boss', 'admin');
      const made = await client.call('POST', '/v1/admin/products', admin, { name: 'Poster' });
      productId = bodyOf<{ id: string }>(made, 201).id;
    });

    afterAll(async () => {
      client?.close();
      await installation?.stop();
    });

    const draft = async (changes: object = {}): Promise<SaleBody> => {
      const now = Date.now();
      const [opensAt, closesAt] = [new Date(now - 1000).toISOString(), new Date(now + HOUR_MS).toISOString()];
      const settings = { productId, title: 'Posters', price: { amount: 500, currency: 'EUR' }, opensAt, closesAt };
      const made = await client.call('POST', '/v1/admin/sales', admin, { ...settings, total: 10, ...changes });
      expect(made.headers.location).toBe(`/v1/sales/${bodyOf<SaleBody>(made, 201).id}`);
      return bodyOf<SaleBody>(made, 201);
    };
    const command = (id: string, name: 'publish' | 'close' | 'pause' | 'resume') =>
      client.call('POST', `/v1/admin/sales/${id}/${name}`, admin);
    const purchase = (saleId: string, buyer: string) =>
      client.purchase({ saleId, token: installation.workspace.tokenOf(buyer) });

    const keyed = (saleId: string, key: string) =>
      client.purchase({ saleId, token: installation.workspace.tokenOf('keyed'), key });

    test('only admins can see a draft, and nobody can buy it until it is published', async () => {
      const { id } = await draft();
      const buyer = installation.workspace.tokenOf('u1');
      expect((await client.get(`/v1/sales/${id}`, buyer)).status).toBe(404);
      expect((await purchase(id, 'u1')).status).toBe(404);
      expect(bodyOf<SaleBody>(await client.get(`/v1/sales/${id}`, admin), 200).phase).toBe('draft');
      expect(bodyOf<SaleBody>(await command(id, 'publish'), 200).phase).toBe('live');
      expect((await purchase(id, 'u1')).status).toBe(201);
    });

    test('when admins change the same version at once, exactly one succeeds', async () => {
      const { id } = await draft();
      const answers = await inParallel(10, 10, (n) =>
        client.call('PATCH', `/v1/admin/sales/${id}`, admin, { total: 20 + n }, { 'if-match': '"1"' }),
      );
      expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(9).fill(412)]);
      const winner = bodyOf<SaleBody>(
        answers.find(({ status }) => status === 200),
        200,
      );
      expect(await readSale(id)).toMatchObject({ total: winner.total, version: 2 });
    });

    test('admins who publish, change and close at once all get the actual state, and tickets are loaded once', async () => {
      const { id } = await draft();
      const published = await inParallel(8, 8, () => command(id, 'publish'));
      expect(published.map(({ status }) => status)).toEqual(Array(8).fill(200));
      expect(new Set(published.map((answer) => bodyOf<SaleBody>(answer, 200).version))).toEqual(new Set([3]));
      const late = await client.call('PATCH', `/v1/admin/sales/${id}`, admin, { total: 99 });
      expect(bodyOf<{ code: string }>(late, 409).code).toBe('not_draft');
      const bought = await inParallel(20, 20, (n) => purchase(id, `racer-${n}`));
      expect(bought.filter(({ status }) => status === 201)).toHaveLength(10);
      const closed = await inParallel(8, 8, () => command(id, 'close'));
      expect(new Set(closed.map((answer) => bodyOf<SaleBody>(answer, 200).version))).toEqual(new Set([4]));
      expect(bodyOf<{ code: string }>(await command(id, 'publish'), 409).code).toBe('closed');
    });

    test('a closed sale sells nothing more, on any front', async () => {
      const { id } = await draft({ total: 100_000, perBuyerLimit: 100_000 });
      await command(id, 'publish');
      let closedAt = Number.POSITIVE_INFINITY;
      const close = async () => {
        bodyOf(await command(id, 'close'), 200);
        closedAt = performance.now();
      };
      /** Buys until it gets the first answer of the closed sale. */
      const buyer = async (n: number): Promise<number> => {
        for (let sold = 0; ; ) {
          const isClosed = performance.now() > closedAt;
          const answer = await purchase(id, `crowd-${n}`);
          if (answer.status === 201 && !isClosed) sold += 1;
          else expect(bodyOf<{ code: string }>(answer, 409).code).toBe('closed');
          if (isClosed) return sold;
        }
      };
      const crowd = inParallel(32, 32, buyer);
      bodyOf(await purchase(id, 'first'), 201);
      await close();
      expect((await crowd).some((sold) => sold > 0)).toBe(true);
    });

    test('a paused sale sells nothing on any front from the answer on, replays, and goes on when it is resumed', async () => {
      const { id } = await draft({ total: 100_000, perBuyerLimit: 100_000 });
      await command(id, 'publish');
      const key = '4f1c0a52';
      const first = bodyOf<{ id: string }>(await keyed(id, key), 201);
      let pausedAt = Number.POSITIVE_INFINITY;
      const buyer = async (n: number): Promise<number> => {
        for (let sold = 0; ; ) {
          const isPaused = performance.now() > pausedAt;
          const answer = await purchase(id, `pause-${n}`);
          if (answer.status === 201 && !isPaused) sold += 1;
          else expect(bodyOf<{ code: string }>(answer, 409).code).toBe('paused');
          if (isPaused) return sold;
        }
      };
      const crowd = inParallel(32, 32, buyer);
      bodyOf(await purchase(id, 'first'), 201);
      expect(bodyOf<SaleBody>(await command(id, 'pause'), 200).phase).toBe('paused');
      pausedAt = performance.now();
      expect((await crowd).some((sold) => sold > 0)).toBe(true);
      expect(bodyOf<{ id: string }>(await keyed(id, key), 201).id).toBe(first.id);
      expect((await readSale(id)).phase).toBe('paused');

      expect(bodyOf<SaleBody>(await command(id, 'resume'), 200).phase).toBe('live');
      bodyOf(await purchase(id, 'second'), 201);
      const history = await client.get(`/v1/admin/sales/${id}/history`, admin);
      expect(bodyOf<{ items: readonly { by: string }[] }>(history, 200).items).toMatchObject([
        { action: 'resumed', by: 'boss' },
        { action: 'paused', by: 'boss' },
        { action: 'published' },
      ]);
    });

    test('added tickets and a later end are on sale at once, to those who were told that it is sold out', async () => {
      const { id, version } = await draft({ total: 2 });
      await command(id, 'publish');
      const buyers = await inParallel(4, 4, (n) => purchase(id, `more-${n}`));
      expect(buyers.map(({ status }) => status).sort()).toEqual([201, 201, 409, 409]);
      const add = () =>
        client.call('POST', `/v1/admin/sales/${id}/add-stock`, admin, { quantity: 3 }, { 'idempotency-key': 'more' });
      const added = await inParallel(4, 4, add);
      for (const answer of added)
        expect(bodyOf<SaleBody>(answer, 200)).toMatchObject({ total: 5, version: version + 3 });
      const late = await inParallel(4, 4, (n) => purchase(id, `late-${n}`));
      expect(late.map(({ status }) => status).sort()).toEqual([201, 201, 201, 409]);
      const tickets = late.flatMap(({ status, body }) =>
        status === 201 ? (JSON.parse(body) as { tickets: number[] }).tickets : [],
      );
      expect(tickets.sort()).toEqual([3, 4, 5]);

      const closesAt = new Date(Date.now() + 2 * HOUR_MS).toISOString();
      const extended = await client.call('POST', `/v1/admin/sales/${id}/extend`, admin, { closesAt });
      expect(bodyOf<{ closesAt: string }>(extended, 200).closesAt).toBe(closesAt);
      const audited = async () => {
        const answer = await client.get(`/v1/admin/sales/${id}/audit`, admin);
        return bodyOf<{ ok: boolean }>(answer, 200).ok;
      };
      await expect.poll(audited, { timeout: 20_000 }).toBe(true);
    });

    test('the report agrees with the answers to buyers', async () => {
      const { id } = await draft({ total: 30 });
      await command(id, 'publish');
      const orders = await inParallel(9, 9, async (n) => bodyOf<{ id: string }>(await purchase(id, `r-${n}`), 201).id);
      const act = (n: number, what: 'pay' | 'cancel') =>
        client.call('POST', `/v1/orders/${orders[n]}/${what}`, installation.workspace.tokenOf(`r-${n}`));
      for (let n = 0; n < 4; n += 1) expect((await act(n, 'pay')).status).toBe(200);
      for (let n = 4; n < 6; n += 1) expect((await act(n, 'cancel')).status).toBe(200);
      const counts = { total: 30, sold: 7, reserved: 3, paid: 4, cancelled: 2, expired: 0, rejected: 0, refunded: 0 };
      await expect
        .poll(() => report(id), { timeout: 20_000 })
        .toMatchObject({
          saleId: id,
          ...counts,
          remaining: 23,
          revenue: { amount: 2000, currency: 'EUR' },
        });
      const reserved = async () => {
        const { timeline } = (await report(id)) as { timeline: readonly { readonly reserved: number }[] };
        return timeline.reduce((sum, point) => sum + point.reserved, 0);
      };
      await expect.poll(reserved, { timeout: 20_000 }).toBe(9);
    });

    test('a product of a sale can’t be deleted, another one can', async () => {
      await draft();
      const remove = (id: string) => client.call('DELETE', `/v1/admin/products/${id}`, admin);
      expect(bodyOf<{ code: string }>(await remove(productId), 409).code).toBe('in_use');
      const other = await client.call('POST', '/v1/admin/products', admin, { name: 'Mug' });
      const { id } = bodyOf<{ id: string }>(other, 201);
      const removed = await remove(id);
      expect([removed.status, removed.body, removed.headers['content-length']]).toEqual([204, '', undefined]);
      expect((await remove(id)).status).toBe(404);
    });

    const readSale = async (id: string) => bodyOf<SaleBody>(await client.get(`/v1/sales/${id}`, admin), 200);
    const report = async (id: string) =>
      bodyOf<Readonly<Record<string, unknown>>>(await client.get(`/v1/admin/sales/${id}/report`, admin), 200);
  });
});

function bodyOf<T>(answer: Answer | undefined, status: number): T {
  expect(answer?.status, answer?.body).toBe(status);
  return JSON.parse(answer?.body ?? '') as T;
}
