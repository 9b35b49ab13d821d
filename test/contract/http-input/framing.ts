import { describe, expect, it } from 'vitest';
import type { HttpDriver } from './driver.ts';

/** Framing of requests, and clients that disconnect or pipeline requests. */
export function framingInput(http: HttpDriver): void {
  describe('a purchase', () => {
    const jsonType = 'Content-Type: application/json\r\n';

    it('is refused when two servers could disagree on where it ends', async () => {
      await http.expectRefused(400, 'malformed', `${jsonType}Content-Length: 2\r\nContent-Length: 2\r\n`, '{}');
      await http.expectRefused(400, 'malformed', `${jsonType}Content-Length: 2\r\nContent-Length: 40\r\n`, '{}');
      await http.expectRefused(400, 'malformed', `${jsonType}Content-Length: \r\nContent-Length: 2\r\n`, '{}');
      for (const length of ['', 'two', '+2', '-2', '2.0', '0x2', '2, 2', '1e1', '9'.repeat(30)]) {
        const { userId, authorization } = http.newUser();
        const response = await http.ask(
          http.purchase(`${authorization}${jsonType}Content-Length: ${length}\r\n`, '{}'),
        );
        // Not necessarily a problem document: a parser that can't read the request answers by itself.
        expect(response?.status).toBe(400);
        await http.client.closed();
        expect(await http.front.ordersOf(userId)).toBe(0);
      }
    });

    it('is refused in a chunked coding', async () => {
      for (const coding of ['chunked', 'xchunked', 'Chunked', 'identity', 'gzip, chunked', '']) {
        const { userId, authorization } = http.newUser();
        const headers = `${authorization}${jsonType}Transfer-Encoding: ${coding}\r\n`;
        const response = await http.ask(http.purchase(headers, '2\r\n{}\r\n0\r\n\r\n'));
        // 505: uWebSockets ignores an empty coding, and reads the chunks as the next request, which is invalid.
        expect([400, 411, 501, 505]).toContain(response?.status);
        expect(await http.front.ordersOf(userId)).toBe(0);
      }
    });

    it('that was refused is never followed by a request smuggled in its body', async () => {
      const framings = ['Content-Length: \r\nContent-Length: 60', 'Transfer-Encoding: xchunked', 'Transfer-Encoding: '];
      for (const framing of [...framings, 'Content-Length: two', 'Content-Length: 60\r\nContent-Length: 0']) {
        const { userId, authorization } = http.newUser();
        const smuggled = http.purchase(authorization);
        await http.ask(http.purchase(`${authorization}${framing}\r\n`, smuggled));
        await http.client.closed();
        expect(await http.front.ordersOf(userId)).toBe(0);
      }
    });

    it('is sold whatever segments its body arrives in', async () => {
      const { authorization } = http.newUser();
      const head = http.purchase(`${authorization}${jsonType}Content-Length: 6\r\n`);
      expect((await http.ask(head, '{', ' ', ' ', ' ', ' ', '}'))?.status).toBe(201);
    });

    it('is not sold to a client that disconnects in the middle of the body', async () => {
      const { userId, authorization } = http.newUser();
      const half = await http.open();
      await half.send(http.purchase(`${authorization}${jsonType}Content-Length: 10\r\n`, '{'));
      half.hangUp();
      expect((await http.ask('GET /v1/time HTTP/1.1\r\nHost: x\r\n\r\n'))?.status).toBe(200);
      expect(await http.front.ordersOf(userId)).toBe(0);
    });

    it('of a client that disconnects before the answer is sold once, and its retry gets that order', async () => {
      const { userId, authorization } = http.newUser();
      const request = http.purchase(`${authorization}Idempotency-Key: disconnected\r\n`);
      const disconnected = await http.open();
      await disconnected.send(request);
      disconnected.hangUp();
      expect((await http.ask(request))?.status).toBe(201);
      expect(await http.front.ordersOf(userId)).toBe(1);
    });

    it('of a client that pipelines the next request is answered first, or the connection is closed', async () => {
      const { userId, authorization } = http.newUser();
      const pipelining = await http.open();
      await pipelining.send(
        `${http.purchase(authorization)}GET /v1/time HTTP/1.1\r\nHost: x\r\nX-Request-Id: second\r\n\r\n`,
      );
      const first = await pipelining.response();
      if (first !== undefined) {
        expect(first.status).toBe(201);
        expect((await pipelining.response())?.headers['x-request-id']).toBe('second');
      }
      expect(await http.front.ordersOf(userId)).toBeLessThanOrEqual(1);
    });
  });
}
