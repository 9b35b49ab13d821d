import { expect, onTestFinished, test } from 'vitest';
import { listenUws } from '../../src/adapters/uws/listen.ts';
import { issueToken } from '../../src/api/auth/issue-token.ts';
import { RawClient } from '../support/raw-http.ts';
import { openShop, SHOP_SECRET, saleNamed } from '../support/shop.ts';

test('the catalogue over HTTP shows drafts to admins only, and pages through all it shows', async () => {
  const sales = ['a', 'b', 'c', 'd'].map((id) => saleNamed(id, id === 'b' ? { status: 'draft' } : {}));
  const shop = await openShop(listenUws, { sales });
  onTestFinished(() => shop.front.close());
  const admin = issueToken({ secret: SHOP_SECRET, userId: 'boss', role: 'admin', ttlSeconds: 60 });
  const buyer = issueToken({ secret: SHOP_SECRET, userId: 'u1', role: 'buyer', ttlSeconds: 60 });
  const client = await RawClient.open(shop.front.port);

  async function get(path: string, token?: string) {
    await client.send(
      `GET ${path} HTTP/1.1\r\nHost: x\r\n${token === undefined ? '' : `Authorization: Bearer ${token}\r\n`}\r\n`,
    );
    const response = await client.response();
    return {
      status: response?.status,
      body: JSON.parse(response?.body ?? '') as { items?: { id: string }[]; nextCursor?: string },
    };
  }
  async function pages(token?: string): Promise<string[][]> {
    const found: string[][] = [];
    let cursor = '';
    do {
      const { body } = await get(`/v1/sales?limit=2${cursor}`, token);
      found.push((body.items ?? []).map(({ id }) => id));
      cursor = body.nextCursor === undefined ? '' : `&cursor=${body.nextCursor}`;
    } while (cursor !== '');
    return found;
  }

  expect(await pages()).toEqual([['a', 'c'], ['d']]);
  expect(await pages(buyer)).toEqual([['a', 'c'], ['d']]);
  expect(await pages('not a token')).toEqual([['a', 'c'], ['d']]);
  expect(await pages(admin)).toEqual([
    ['a', 'b'],
    ['c', 'd'],
  ]);
  expect((await get('/v1/sales/b')).status).toBe(404);
  expect((await get('/v1/sales/b', buyer)).status).toBe(404);
  expect(await get('/v1/sales/b', admin)).toMatchObject({ status: 200, body: { id: 'b', phase: 'draft' } });
  expect((await get('/v1/sales?phase=draft')).body).toEqual({ items: [] });
});
