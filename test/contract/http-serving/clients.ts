import { describe, expect, it } from 'vitest';
import { issueToken } from '../../../src/api/auth/issue-token.ts';
import { eventLoopTurns, RawClient } from '../../support/raw-http.ts';
import { SHOP_SECRET } from '../../support/shop.ts';
import type { HttpServingHarness } from './harness.ts';

/** Clients that are slow, pipeline requests, or arrive during the shutdown. */
export function frontClients(harness: HttpServingHarness): void {
  describe('a front, with a client that', () => {
    it('never finishes its body, closes the connection after the time limit', async () => {
      const front = await harness.listen({
        routes: [{ method: 'POST', pattern: '/x', handle: () => {} }],
        bodyWithinMs: 50,
      });
      const client = await RawClient.open(front.port);
      await client.send('POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc');
      expect(await client.closed()).toBe('');
      expect(front.inFlight()).toBe(0);
    });

    it('sends the next request before the answer, closes the connection, and the first purchase is valid', async () => {
      const shop = await harness.openShop();
      const release = shop.hold();
      const token = issueToken({ secret: SHOP_SECRET, userId: 'early', role: 'buyer', ttlSeconds: 60 });
      const purchase = `POST /v1/sales/demo/purchases HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nContent-Length: 0\r\n\r\n`;
      const client = await RawClient.open(shop.front.port);
      await client.send(purchase, purchase);
      expect(await client.closed()).toBe('');
      release();
      await eventLoopTurns();
      expect(shop.orders).toHaveLength(1);
      expect(shop.errors).toEqual([]);
    });

    it('buys while the process shuts down, answers draining with a Retry-After, and still serves reads', async () => {
      const shop = await harness.openShop();
      shop.drain();
      const token = issueToken({ secret: SHOP_SECRET, userId: 'late', role: 'buyer', ttlSeconds: 60 });
      const client = await RawClient.open(shop.front.port);
      await client.send(`POST /v1/sales/demo/purchases HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n\r\n`);
      const refused = await client.response();
      expect(JSON.parse(refused?.body ?? '')).toMatchObject({ status: 503, code: 'draining' });
      expect(refused?.headers['retry-after']).toBe('5');
      await client.send('GET /v1/sales/demo HTTP/1.1\r\nHost: x\r\n\r\n');
      expect((await client.response())?.status).toBe(200);
      await client.send('GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n');
      expect((await client.response())?.status).toBe(503);
      expect(shop.orders).toEqual([]);
    });
  });
}
