import { describe, expect, it } from 'vitest';
import type { HttpDriver } from './driver.ts';

/** Where a request ends, and what a client that leaves or hurries gets. */
export function framingInput(http: HttpDriver): void {
  describe('a purchase', () => {
    const jsonType = 'Content-Type: application/json\r\n';

    it('is refused when two readers could disagree on where it ends', async () => {
      await http.expectRefused(400, 'malformed', `${jsonType}Content-Length: 2\r\nContent-Length: 2\r\n`, '{}');
      await http.expectRefused(400, 'malformed', `${jsonType}Content-Length: 2\r\nContent-Length: 40\r\n`, '{}');
      await http.expectRefused(400, 'malformed', `${jsonType}Content-Length: \r\nContent-Length: 2\r\n`, '{}');
      for (const length of ['', 'two', '+2', '-2', '2.0', '0x2', '2, 2', '1e1', '9'.repeat(30)]) {
        const { userId, authorization } = http.newUser();
        const response = await http.ask(
          http.purchase(`${authorization}${jsonType}Content-Length: ${length}\r\n`, '{}'),
        );
        // No problem to read here: where the parser itself gives up, it answers in its own words.
        expect(response?.status).toBe(400);
        await http.client.closed();
        expect(await http.front.ordersOf(userId)).toBe(0);
      }
    });

    it('is refused in chunks', async () => {
      for (const coding of ['chunked', 'xchunked', 'Chunked', 'identity', 'gzip, chunked', '']) {
        const { userId, authorization } = http.newUser();
        const headers = `${authorization}${jsonType}Transfer-Encoding: ${coding}\r\n`;
        const response = await http.ask(http.purchase(headers, '2\r\n{}\r\n0\r\n\r\n'));
        // 505: uWebSockets takes an empty coding for none, and the chunks for a next request that makes no sense.
        expect([400, 411, 501, 505]).toContain(response?.status);
        expect(await http.front.ordersOf(userId)).toBe(0);
      }
    });

    it('never takes what follows a refused request on its connection for another one', async () => {
      const framings = ['Content-Length: \r\nContent-Length: 60', 'Transfer-Encoding: xchunked', 'Transfer-Encoding: '];
      for (const framing of [...framings, 'Content-Length: two', 'Content-Length: 60\r\nContent-Length: 0']) {
        const { userId, authorization } = http.newUser();
        const smuggled = http.purchase(authorization);
        await http.ask(http.purchase(`${authorization}${framing}\r\n`, smuggled));
        await http.client.closed();
        expect(await http.front.ordersOf(userId)).toBe(0);
      }
    });

    it('is sold whatever segments its body comes in', async () => {
      const { authorization } = http.newUser();
      const head = http.purchase(`${authorization}${jsonType}Content-Length: 6\r\n`);
      expect((await http.ask(head, '{', ' ', ' ', ' ', ' ', '}'))?.status).toBe(201);
    });

    it('is not sold to a client that hangs up half-way through the body', async () => {
      const { userId, authorization } = http.newUser();
      const half = await http.open();
      await half.send(http.purchase(`${authorization}${jsonType}Content-Length: 10\r\n`, '{'));
      half.hangUp();
      expect((await http.ask('GET /v1/time HTTP/1.1\r\nHost: x\r\n\r\n'))?.status).toBe(200);
      expect(await http.front.ordersOf(userId)).toBe(0);
    });

    it('of a client that hangs up before the answer is sold once, and its retry is told so', async () => {
      const { userId, authorization } = http.newUser();
      const request = http.purchase(`${authorization}Idempotency-Key: gone\r\n`);
      const gone = await http.open();
      await gone.send(request);
      gone.hangUp();
      expect((await http.ask(request))?.status).toBe(201);
      expect(await http.front.ordersOf(userId)).toBe(1);
    });

    it('of a client that sends the next request early is answered first, or the connection ends', async () => {
      const { userId, authorization } = http.newUser();
      const early = await http.open();
      await early.send(
        `${http.purchase(authorization)}GET /v1/time HTTP/1.1\r\nHost: x\r\nX-Request-Id: second\r\n\r\n`,
      );
      const first = await early.response();
      if (first !== undefined) {
        expect(first.status).toBe(201);
        expect((await early.response())?.headers['x-request-id']).toBe('second');
      }
      expect(await http.front.ordersOf(userId)).toBeLessThanOrEqual(1);
    });
  });
}
