import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { connect as connectTo, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { listenNode } from '../../src/adapters/node-http/listen.ts';
import { canSharePort } from '../../src/adapters/node-http/server.ts';
import type { HttpFrontOptions, HttpRoute } from '../../src/ports/http.ts';
import type { LiveSocket } from '../../src/ports/live-socket.ts';
import { HttpServingHarness } from '../contract/http-serving/harness.ts';
import { upgradeRequest } from '../support/live-client.ts';
import { eventLoopTurns, RawClient } from '../support/raw-http.ts';

const harness = new HttpServingHarness(listenNode, { sharesPort: canSharePort(process.versions.node) });
const clients: RawClient[] = [];

afterEach(() => {
  for (const client of clients.splice(0)) client.hangUp();
  harness.stop();
});

const H = 'Host: x\r\n';
const H2C = 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n';
const HUGE = 16 * 1024 * 1024;

/** Answers with the request's body. */
const ECHO: readonly HttpRoute[] = (['GET', 'POST'] as const).map((method) => ({
  method,
  pattern: '/x',
  handle: ({ body }, reply) => reply.send(200, 'text/plain', body),
}));

async function connect(options: Partial<HttpFrontOptions> = {}): Promise<RawClient> {
  const front = await harness.listen({ routes: ECHO, ...options });
  const client = await RawClient.open(front.port);
  clients.push(client);
  return client;
}

describe('the node:http front', () => {
  it.each([
    ['HTTP/1.0', `GET /x HTTP/1.0\r\n${H}\r\n`],
    ['HTTP/2.0', `GET /x HTTP/2.0\r\n${H}\r\n`],
    ['no host', 'GET /x HTTP/1.1\r\n\r\n'],
    ['two hosts', `GET /x HTTP/1.1\r\n${H}${H}\r\n`],
    ['an unknown method', `FOO /x HTTP/1.1\r\n${H}\r\n`],
    ['a space before the colon', `GET /x HTTP/1.1\r\n${H}a : b\r\n\r\n`],
    ['a folded header', `GET /x HTTP/1.1\r\n${H}a: b\r\n c\r\n\r\n`],
    ['bare line feeds', 'GET /x HTTP/1.1\nHost: x\n\n'],
    ['a head of 20 KiB', `GET /x HTTP/1.1\r\n${H}a: ${'b'.repeat(20 * 1024)}\r\n\r\n`],
    ['a second host behind 2,500 headers', `GET /x HTTP/1.1\r\n${H}${'a:\r\n'.repeat(2500)}${H}\r\n`],
    ['bytes that are not HTTP', '\u0016\u0003\u0001\u0002\u0000\u0001'],
  ])('refuses %s with a problem document, and reads nothing after it', async (_what, text) => {
    const counted: string[] = [];
    const client = await connect({
      countRoute: (method, pattern) => (status) => counted.push(`${method} ${pattern} ${status}`),
    });
    await client.send(text, `GET /x HTTP/1.1\r\n${H}\r\n`);
    const answer = await client.response();
    expect(answer).toMatchObject({ status: 400, headers: { connection: 'close' } });
    expect(JSON.parse(answer?.body ?? '')).toMatchObject({
      code: 'malformed',
      instance: answer?.headers['x-request-id'],
    });
    expect(await client.closed()).toBe('');
    expect(counted).toHaveLength(1);
  });

  it('refuses a transfer coding that its parser can’t read like one that it can', async () => {
    for (const coding of ['xchunked', 'chunked']) {
      const client = await connect();
      await client.send(`POST /x HTTP/1.1\r\n${H}Transfer-Encoding: ${coding}\r\n\r\n`);
      expect((await client.response())?.status).toBe(411);
      await client.closed();
    }
  });

  it('closes the connection on CONNECT', async () => {
    const client = await connect();
    await client.send(`CONNECT x:80 HTTP/1.1\r\n${H}\r\n`);
    expect(await client.closed()).toBe('');
  });

  it.each(['', 'with sockets'])('answers a client that offers h2c over HTTP/1.1 %s', async (sockets) => {
    const handlers = { opened: () => {}, received: () => {}, closed: () => {} };
    const live = { path: '/live', maxFrameBytes: 100, maxBufferedBytes: 100, idleSeconds: 60, handlers };
    const client = await connect(sockets === '' ? {} : { live });
    await client.send(`POST /x HTTP/1.1\r\n${H}${H2C}Content-Length: 2\r\n\r\n{}`);
    expect(await client.response()).toMatchObject({ status: 200, body: '{}' });
    await client.send(`POST /x HTTP/1.1\r\n${H}${H2C}Content-Length: 4\r\n\r\n`, '[1', ']\n');
    expect(await client.response()).toMatchObject({ status: 200, body: '[1]\n' });
    await client.send(`GET /x HTTP/1.1\r\n${H}${H2C}\r\n`);
    expect(await client.response()).toMatchObject({ status: 200, body: '' });
  });

  it('answers Expect: 100-continue with 100, or with the refusal', async () => {
    const client = await connect();
    const expecting = (length: number) =>
      `POST /x HTTP/1.1\r\n${H}Expect: 100-continue\r\nContent-Length: ${length}\r\n\r\n`;
    await client.send(expecting(2));
    expect((await client.response())?.status).toBe(100);
    await client.send('{}');
    expect(await client.response()).toMatchObject({ status: 200, body: '{}' });
    await client.send(expecting(0));
    expect(await client.response()).toMatchObject({ status: 200, body: '' });
    const refused = await connect();
    await refused.send(expecting(101));
    expect(await refused.response()).toMatchObject({ status: 413, headers: { connection: 'close' } });
    expect(await refused.closed()).toBe('');
  });

  it('ignores any other expectation', async () => {
    const client = await connect();
    await client.send(`GET /x HTTP/1.1\r\n${H}Expect: miracles\r\n\r\n`);
    expect((await client.response())?.status).toBe(200);
  });

  it('answers garbage after a valid request separately', async () => {
    const client = await connect();
    await client.send(`GET /x HTTP/1.1\r\n${H}X-Request-Id: good\r\n\r\ngarbage\r\n\r\n`);
    expect(await client.response()).toMatchObject({ status: 200, headers: { 'x-request-id': 'good' } });
    expect((await client.response())?.status).toBe(400);
  });

  it('does not answer garbage while another answer is due', async () => {
    let notify = (): void => {};
    const disconnected = new Promise<void>((resolve) => {
      notify = resolve;
    });
    const client = await connect({
      routes: [
        {
          method: 'GET',
          pattern: '/x',
          handle: async (_request, reply) => {
            while (reply.open) await eventLoopTurns(1);
            notify();
          },
        },
      ],
    });
    await client.send(`GET /x HTTP/1.1\r\n${H}\r\n`, 'garbage\r\n\r\n');
    expect(await client.closed()).toBe('');
    await disconnected;
  });

  it('closes the connection and reports the error when a handler sets a header that can’t be written', async () => {
    const errors: unknown[] = [];
    const client = await connect({
      routes: [
        {
          method: 'GET',
          pattern: '/x',
          handle: (_request, reply) => reply.send(200, 'text/plain', '', [['a', 'b\nc']]),
        },
      ],
      onError: (error) => errors.push(error),
      answerWithinMs: 3_600_000,
    });
    await client.send(`GET /x HTTP/1.1\r\n${H}\r\n`);
    expect(await client.closed()).toBe('');
    expect(errors).toEqual([expect.objectContaining({ code: 'ERR_INVALID_CHAR' })]);
  });

  it('closes a socket without waiting for the client’s close frame', async () => {
    const handlers = { opened: (socket: LiveSocket) => socket.close(1008, 'no'), received: () => {}, closed: () => {} };
    const limits = { maxFrameBytes: 100, maxBufferedBytes: 100, idleSeconds: 3_600, slowWithinMs: 3_600_000 };
    const { port } = await harness.listen({ live: { path: '/live', ...limits, handlers } });
    const client = await RawClient.open(port);
    clients.push(client);
    await client.send(upgradeRequest('/live'));
    expect((await client.response())?.status).toBe(101);
    // A close frame with code 1008 and a reason of two letters.
    expect(Buffer.from(await client.closed(), 'latin1').toString('hex')).toBe('880403f06e6f');
  });

  it('closes the connection of every slow client: one that sends nothing, drips a head or a body, or does not read', async () => {
    const { port } = await harness.listen({
      routes: [
        { method: 'GET', pattern: '/x', handle: (_request, reply) => reply.send(200, 'text/plain', 'x'.repeat(HUGE)) },
        { method: 'POST', pattern: '/x', handle: () => {} },
      ],
    });
    const [silent, head, body] = await Promise.all([RawClient.open(port), RawClient.open(port), RawClient.open(port)]);
    const unread = connectTo(port, '127.0.0.1');
    clients.push(silent, head, body);
    await once(unread, 'connect');
    unread.pause();
    await head.send(`GET /x HTTP/1.1\r\n${H}`);
    await body.send(`POST /x HTTP/1.1\r\n${H}Content-Length: 100\r\n\r\n{`);
    const dropped = serverSocketOf('/x?unread');
    unread.write(`GET /x?unread HTTP/1.1\r\n${H}\r\n`);
    const cut = once(await dropped, 'close');
    // Each drop would keep a connection alive if only its silence were limited.
    const drops = setInterval(() => {
      void head.send('a: b\r\n');
      void body.send(' ');
    }, 2_000);
    expect(await Promise.all([silent.closed(), head.closed(), body.closed(), cut])).toMatchObject(['', '', '', {}]);
    clearInterval(drops);
    unread.destroy();
  });
});

/** The server's end of the connection that requests this URL. */
function serverSocketOf(url: string): Promise<Socket> {
  return new Promise((resolve) => {
    const onRequest = (message: unknown): void => {
      const { request, socket } = message as { readonly request: IncomingMessage; readonly socket: Socket };
      if (request.url !== url) return;
      unsubscribe('http.server.request.start', onRequest);
      resolve(socket);
    };
    subscribe('http.server.request.start', onRequest);
  });
}
