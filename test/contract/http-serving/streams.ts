import { once } from 'node:events';
import { get } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import type { HttpReply, HttpRequest } from '../../../src/ports/http.ts';
import { eventLoopTurns, RawClient } from '../../support/raw-http.ts';
import { GET, getX, type HttpServingHarness } from './harness.ts';

/** Longer than what the system and a front keep for a connection that takes nothing. */
const PIECE = 'x'.repeat(99_998).concat('é');
const MANY = 1000;

/** A body that counts what was taken of it, and whether it was told that no more is wanted. */
function source(pieces: Iterable<string>, failure?: Error) {
  const seen = { taken: 0, ended: false };
  async function* body(): AsyncGenerator<string> {
    try {
      for (const piece of pieces) {
        seen.taken += 1;
        yield piece;
      }
      if (failure !== undefined) throw failure;
    } finally {
      seen.ended = true;
    }
  }
  return { seen, body: body() };
}

/** Answers in pieces. */
export function frontStreams(harness: HttpServingHarness): void {
  const serve = (handle: (request: HttpRequest, reply: HttpReply) => Promise<void>, errors: unknown[] = []) =>
    harness.listen({ routes: getX(handle), onError: (error) => errors.push(error), answerWithinMs: 3_600_000 });

  describe('a front, with an answer in pieces,', () => {
    it('sends all of them, without a length, and the connection goes on', async () => {
      const front = await serve(async (request, reply) => {
        const { body } = source(['', 'one\n', '', 'zwölf\n', PIECE]);
        await reply.stream(200, 'text/csv', body, [['vary', request.accept]]);
      });
      const url = `http://127.0.0.1:${front.port}/x`;
      for (let n = 0; n < 2; n += 1) {
        const response = await fetch(url, { headers: { accept: 'text/csv' } });
        expect(response.headers.get('content-type')).toBe('text/csv');
        expect(response.headers.get('content-length')).toBeNull();
        expect(response.headers.get('cache-control')).toBe('no-store');
        expect(response.headers.get('x-content-type-options')).toBe('nosniff');
        expect(response.headers.get('vary')).toBe('text/csv');
        expect(response.headers.has('x-request-id')).toBe(true);
        expect(await response.text()).toBe(`one\nzwölf\n${PIECE}`);
      }
      expect(front.inFlight()).toBe(0);
    });

    it('sends an empty one, and the head alone for HEAD', async () => {
      const bodies: ReturnType<typeof source>[] = [];
      const front = await serve(async ({ query }, reply) => {
        const one = source(query === 'empty' ? [] : ['a', 'b']);
        bodies.push(one);
        await reply.stream(200, 'text/csv', one.body);
      });
      const url = `http://127.0.0.1:${front.port}/x`;
      expect(await (await fetch(`${url}?empty`)).text()).toBe('');
      const head = await fetch(url, { method: 'HEAD' });
      expect([head.status, head.headers.get('content-type'), await head.text()]).toEqual([200, 'text/csv', '']);
      expect(await (await fetch(url)).text()).toBe('ab');
      expect(bodies[1]?.seen).toEqual({ taken: 1, ended: true });
    });

    it('takes no more than the client does, and sends the rest when it reads on', async () => {
      const { seen, body } = source(Array(MANY).fill(PIECE));
      const front = await serve((_request, reply) => reply.stream(200, 'text/csv', body));
      const request = get({ port: front.port, host: '127.0.0.1', path: '/x' });
      const [response] = await once(request, 'response');
      let before = -1;
      while (seen.taken !== before) {
        before = seen.taken;
        await eventLoopTurns(200);
      }
      expect(seen.taken).toBeLessThan(MANY / 2);
      expect(Buffer.byteLength(await text(response))).toBe(MANY * Buffer.byteLength(PIECE));
      expect(seen).toEqual({ taken: MANY, ended: true });
    });

    it('stops when the client leaves, and its handler goes on', async () => {
      const { seen, body } = source(Array(MANY).fill(PIECE));
      let handled = (): void => {};
      const isHandled = new Promise<void>((resolve) => {
        handled = resolve;
      });
      const front = await serve((_request, reply) => reply.stream(200, 'text/csv', body).then(handled));
      const socket = connect(front.port, '127.0.0.1');
      socket.on('error', () => {});
      socket.write(GET);
      await once(socket, 'data');
      socket.destroy();
      await isHandled;
      expect(seen.ended).toBe(true);
      expect(seen.taken).toBeLessThan(MANY);
    });

    it('answers a failure before the first piece, and ends the connection at a later one without completing the answer', async () => {
      const errors: unknown[] = [];
      const broken = new Error('broken');
      const front = await serve(async ({ query }, reply) => {
        await reply.stream(200, 'text/csv', source(query === '' ? [] : ['one'], broken).body);
      }, errors);
      const url = `http://127.0.0.1:${front.port}/x`;
      const refused = await fetch(url);
      expect([refused.status, await refused.json()]).toMatchObject([500, { code: 'internal' }]);
      await expect(fetch(`${url}?late`).then((response) => response.text())).rejects.toThrow();
      expect(errors).toEqual([broken, broken]);
    });

    it('sends nothing and takes one piece at most if the request was answered before', async () => {
      const { seen, body } = source(['a', 'b']);
      const front = await serve(async (_request, reply) => {
        reply.send(200, 'text/plain', 'first');
        await reply.stream(200, 'text/csv', body);
      });
      expect(await (await fetch(`http://127.0.0.1:${front.port}/x`)).text()).toBe('first');
      expect(seen).toEqual({ taken: 1, ended: true });
    });

    it('closes the connection of a client that sends the next request before its end', async () => {
      let release = (): void => {};
      const released = new Promise<void>((resolve) => {
        release = resolve;
      });
      async function* body(): AsyncGenerator<string> {
        yield 'one';
        await released;
        yield 'two';
      }
      const front = await serve((_request, reply) => reply.stream(200, 'text/csv', body()));
      const client = await RawClient.open(front.port);
      await client.send(GET);
      await client.send(GET);
      const sent = await client.closed();
      release();
      expect(sent).toContain('one');
      expect(sent.match(/HTTP\/1\.1/g)).toHaveLength(1);
    });
  });
}
