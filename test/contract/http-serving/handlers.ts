import { describe, expect, it } from 'vitest';
import type { HttpReply, HttpRequest } from '../../../src/ports/http.ts';
import { eventLoopTurns, RawClient } from '../../support/raw-http.ts';
import { GET, getX, type HttpServingHarness, keeper } from './harness.ts';

/** The handling of requests and their answers. */
export function frontHandlers(harness: HttpServingHarness): void {
  describe('a front, with a handler that', () => {
    it('throws or rejects, answers 500 with the request id and reports the error', async () => {
      const errors: unknown[] = [];
      const broken = new Error('broken');
      for (const handle of [
        () => {
          throw broken;
        },
        () => Promise.reject(broken),
        async (_request: HttpRequest, reply: HttpReply) => {
          reply.send(200, 'text/plain', 'x');
          throw broken;
        },
      ]) {
        const front = await harness.listen({
          routes: getX(handle),
          onError: (error, requestId) => errors.push([error, requestId]),
        });
        const client = await RawClient.open(front.port);
        await client.send(GET.replace('\r\n\r\n', '\r\nX-Request-Id: r\r\n\r\n'));
        const response = await client.response();
        if (response?.status !== 200)
          expect(JSON.parse(response?.body ?? '')).toMatchObject({ status: 500, code: 'internal', instance: 'r' });
        expect(front.inFlight()).toBe(0);
      }
      expect(errors).toEqual(Array(3).fill([broken, 'r']));
    });

    it('reads where a request comes from, gives the address of the connection, and what the headers say', async () => {
      const seen: unknown[] = [];
      const front = await harness.listen({
        routes: getX((request, reply) => {
          const { address, forwardedFor } = request;
          reply.send(200, 'text/plain', 'x');
          // After the answer the address may be unknown, but reading it must do no harm.
          seen.push([address, forwardedFor, typeof request.address]);
        }),
      });
      const client = await RawClient.open(front.port);
      const forwarded = 'X-Forwarded-For: 192.0.2.1, 192.0.2.2\r\nX-Forwarded-For: 192.0.2.3';
      await client.send(GET.replace('\r\n\r\n', `\r\n${forwarded}\r\n\r\n`));
      await client.response();
      await client.send(GET);
      await client.response();
      expect(seen).toEqual([
        ['127.0.0.1', '192.0.2.1, 192.0.2.2, 192.0.2.3', 'string'],
        ['127.0.0.1', '', 'string'],
      ]);
    });

    it('answers 304, sends the headers without a type, a length or a body, and the connection goes on', async () => {
      const seen: unknown[] = [];
      const front = await harness.listen({
        routes: getX(({ ifNoneMatch, acceptEncoding }, reply) => {
          seen.push([ifNoneMatch, acceptEncoding]);
          if (ifNoneMatch === '') reply.send(200, 'text/plain', 'x', [['etag', '"1"']]);
          else reply.send(304, '', '', [['etag', '"1"']]);
        }),
      });
      const client = await RawClient.open(front.port);
      const asks = 'If-None-Match: \r\nIf-None-Match: "1"\r\nIf-None-Match: "2"\r\nAccept-Encoding: br, gzip';
      for (const method of ['GET', 'HEAD']) {
        await client.send(GET.replace('GET', method).replace('\r\n\r\n', `\r\n${asks}\r\n\r\n`));
        const unchanged = await client.response({ bodiless: true });
        expect(unchanged).toMatchObject({ status: 304, headers: { etag: '"1"' } });
        expect(unchanged?.headers).toHaveProperty('x-request-id');
        expect(unchanged?.headers).not.toHaveProperty('content-length');
        expect(unchanged?.headers).not.toHaveProperty('content-type');
      }
      await client.send(GET);
      expect(await client.response()).toMatchObject({ status: 200, body: 'x', headers: { etag: '"1"' } });
      expect(seen).toEqual([
        ['"1", "2"', 'br, gzip'],
        ['"1", "2"', 'br, gzip'],
        ['', ''],
      ]);
    });

    it('sheds load, does not call it, and reads the next request on the connection after the body', async () => {
      let full = true;
      const bodies: string[] = [];
      const front = await harness.listen({
        routes: [
          {
            method: 'POST',
            pattern: '/x',
            shouldShed: () => full,
            handle: ({ body }, reply) => {
              bodies.push(Buffer.from(body).toString());
              reply.send(200, 'text/plain', 'x');
            },
          },
        ],
      });
      const post = (body: string, headers = '') =>
        `POST /x HTTP/1.1\r\nHost: x\r\n${headers}Content-Length: ${body.length}\r\n\r\n${body}`;
      const client = await RawClient.open(front.port);
      await client.send(post(GET, 'X-Request-Id: r\r\n'));
      const refused = await client.response();
      expect([refused?.status, refused?.headers['x-request-id']]).toEqual([503, 'r']);
      expect(Number(refused?.headers['retry-after'])).toBeGreaterThan(0);
      expect(JSON.parse(refused?.body ?? '')).toMatchObject({ code: 'overloaded', instance: 'r' });

      full = false;
      await client.send(post('second'));
      expect((await client.response())?.status).toBe(200);
      expect(bodies).toEqual(['second']);
    });

    it('sheds load, still refuses a malformed request as malformed', async () => {
      const front = await harness.listen({
        routes: getX(() => {}).map((route) => ({ ...route, shouldShed: () => true })),
      });
      const client = await RawClient.open(front.port);
      await client.send(GET.replace('\r\n\r\n', '\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'));
      expect((await client.response())?.status).not.toBe(503);
    });

    it('answers twice, sends the first answer', async () => {
      const front = await harness.listen({
        routes: getX((_request, reply) => {
          reply.send(200, 'text/plain', 'first');
          reply.send(500, 'text/plain', 'second');
        }),
      });
      const client = await RawClient.open(front.port);
      await client.send(GET, GET);
      expect(await client.response()).toMatchObject({ status: 200, body: 'first' });
      expect(await client.response()).toMatchObject({ status: 200, body: 'first' });
    });

    it('sets no caching, forbids it; caching that the handler sets is kept', async () => {
      const front = await harness.listen({
        routes: getX(({ query }, reply) => {
          if (query === '409') return reply.send(409, 'text/plain', 'x');
          reply.send(200, 'text/plain', 'x', query === '' ? [] : [['cache-control', query]]);
        }),
      });
      const client = await RawClient.open(front.port);
      await client.send(GET);
      expect((await client.response())?.headers['cache-control']).toBe('no-store');
      await client.send(GET.replace('/x', '/x?no-cache'));
      expect((await client.response())?.headers['cache-control']).toBe('no-cache');
      await client.send(GET.replace('/x', '/x?409'));
      expect((await client.response())?.headers).not.toHaveProperty('cache-control');
      await client.send(GET.replace('/x', '/nowhere'));
      expect((await client.response())?.headers).toMatchObject({
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
      });
    });

    it('answers a client that has disconnected, does nothing, and lets the handler know', async () => {
      const { handle, first, replies } = keeper();
      const front = await harness.listen({ routes: getX(handle), answerWithinMs: 3_600_000 });
      const client = await RawClient.open(front.port);
      await client.send(GET);
      await first;
      expect(replies[0]?.open).toBe(true);
      client.hangUp();
      while (front.inFlight() > 0) await eventLoopTurns(1);
      expect(replies[0]?.open).toBe(false);
      replies[0]?.send(200, 'text/plain', 'late');
    });

    it('never answers, answers 503 after the time limit', async () => {
      const { handle, replies } = keeper();
      const errors: unknown[] = [];
      const front = await harness.listen({
        routes: getX(handle),
        answerWithinMs: 50,
        onError: (error, requestId) => errors.push([error, requestId]),
      });
      const client = await RawClient.open(front.port);
      await client.send(GET);
      const response = await client.response();
      expect(JSON.parse(response?.body ?? '')).toMatchObject({ status: 503, code: 'unavailable' });
      expect(response?.headers['retry-after']).toBe('1');
      expect(errors).toEqual([[expect.objectContaining({ code: 'timeout' }), response?.headers['x-request-id']]]);
      replies[0]?.send(200, 'text/plain', 'late');
      expect(front.inFlight()).toBe(0);
    });

    it('has not answered yet, is not idle', async () => {
      const { handle, first, replies } = keeper();
      const front = await harness.listen({ routes: getX(handle) });
      const client = await RawClient.open(front.port);
      await client.send(GET);
      await first;
      expect(front.inFlight()).toBe(1);
      let idle = false;
      const becomesIdle = front.idle(60_000).then(() => {
        idle = true;
      });
      await eventLoopTurns();
      expect(idle).toBe(false);
      replies[0]?.send(200, 'text/plain', 'done');
      await becomesIdle;
      expect((await client.response())?.body).toBe('done');
    });
  });

  describe('a front, counting', () => {
    it('reports each answer once: its method, its route or none, its status', async () => {
      const counted: string[] = [];
      const { handle, replies } = keeper();
      const front = await harness.listen({
        routes: [
          { method: 'GET', pattern: '/x/:id', handle: (_request, reply) => reply.send(200, 'text/plain', 'x') },
          { method: 'POST', pattern: '/x', handle },
        ],
        answerWithinMs: 50,
        countRoute: (method, pattern) => (status) => counted.push(`${method} ${pattern} ${status}`),
      });
      const ask = async (text: string): Promise<void> => {
        const client = await RawClient.open(front.port);
        await client.send(`${text}\r\n\r\n`);
        await client.response({ bodiless: text.startsWith('HEAD') });
        client.hangUp();
      };
      await ask('GET /x/1 HTTP/1.1\r\nHost: x');
      await ask('HEAD /x/2 HTTP/1.1\r\nHost: x');
      await ask('POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 999');
      await ask('POST /x HTTP/1.1\r\nHost: x');
      replies[0]?.send(200, 'text/plain', 'late');
      await ask('GET /nowhere/7 HTTP/1.1\r\nHost: x');
      await ask('DELETE /x/1 HTTP/1.1\r\nHost: x');
      await ask('OPTIONS /x/1 HTTP/1.1\r\nHost: x');
      expect(counted).toEqual([
        'GET /x/:id 200',
        'HEAD /x/:id 200',
        'POST /x 413',
        'POST /x 503',
        'other none 404',
        'other none 405',
        'other none 204',
      ]);
    });
  });
}
