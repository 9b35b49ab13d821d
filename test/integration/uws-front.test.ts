import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { listenUws } from '../../src/adapters/uws/listen.ts';
import { issueToken } from '../../src/api/issue-token.ts';
import { refuse } from '../../src/api/refuse.ts';
import type { HttpFront, HttpFrontOptions, HttpReply, HttpRequest } from '../../src/ports/http.ts';
import { eventLoopTurns, RawClient } from '../support/raw-http.ts';
import { openShop, SHOP_SECRET, saleNamed } from '../support/shop.ts';

const fronts: HttpFront[] = [];

afterEach(() => {
  for (const front of fronts.splice(0)) front.close();
});

async function listen(options: Partial<HttpFrontOptions> = {}): Promise<HttpFront> {
  const front = await listenUws({
    host: '127.0.0.1',
    port: 0,
    maxBodyBytes: 100,
    routes: [],
    refuse,
    onError: () => {},
    ...options,
  });
  fronts.push(front);
  return front;
}

/** A port that was free a moment ago. A port that the system chose is bound by other rules than one that was asked for. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { readonly port: number };
  server.close();
  await once(server, 'close');
  return port;
}

const GET = 'GET /x HTTP/1.1\r\nHost: x\r\n\r\n';

function getX(handle: (request: HttpRequest, reply: HttpReply) => void | Promise<void>) {
  return [{ method: 'GET', pattern: '/x', handle }] as const;
}

/** A handler that keeps its replies, and a promise of the first. */
function keeper() {
  const replies: HttpReply[] = [];
  let told = (): void => {};
  const first = new Promise<void>((resolve) => {
    told = resolve;
  });
  const handle = (_request: HttpRequest, reply: HttpReply): void => {
    replies.push(reply);
    told();
  };
  return { replies, first, handle };
}

describe('the uWebSockets.js front, listening', () => {
  it('says so when the port is taken, by itself or by others', async () => {
    const { port } = await listen();
    await expect(listen({ port })).rejects.toMatchObject({
      code: 'config',
      message: `port ${port} is in use by another process`,
    });
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const taken = (other.address() as { readonly port: number }).port;
    await expect(listen({ port: taken })).rejects.toMatchObject({
      code: 'config',
      message: expect.stringContaining('in use'),
    });
    other.close();
  });

  it('says so when the host is no address of this machine', async () => {
    await expect(listen({ host: '192.0.2.1' })).rejects.toMatchObject({
      code: 'config',
      message: expect.stringContaining('192.0.2.1'),
    });
  });

  it('shares its port when all who listen agree to', async () => {
    const { port } = await listen({ port: await freePort(), shared: true });
    await expect(listen({ port, shared: true })).resolves.toMatchObject({ port });
    await expect(listen({ port })).rejects.toMatchObject({ code: 'config' });
  });

  it('takes a port again at once after it was closed with connections open', async () => {
    const port = await freePort();
    const front = await listen({ port, routes: getX((_request, reply) => reply.send(200, 'text/plain', 'x')) });
    const client = await RawClient.open(front.port);
    await client.send(GET);
    await client.response();
    front.close();
    await client.closed();
    await expect(listen({ port: front.port })).resolves.toMatchObject({ port: front.port });
  });

  it('serves open connections after it stopped listening, and takes no new ones', async () => {
    const front = await listen({ routes: getX((_request, reply) => reply.send(200, 'text/plain', 'x')) });
    const client = await RawClient.open(front.port);
    front.stopListening();
    front.stopListening();
    await client.send(GET);
    expect((await client.response())?.status).toBe(200);
    await expect(RawClient.open(front.port)).rejects.toThrow('ECONNREFUSED');
  });
});

describe('the uWebSockets.js front, with a handler that', () => {
  it('throws or rejects, answers 500 with the request id and tells whoever listens', async () => {
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
      const front = await listen({
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

  it('answers twice, sends the first answer', async () => {
    const front = await listen({
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

  it('answers a client that is gone, does no harm, and can know it', async () => {
    const { handle, first, replies } = keeper();
    const front = await listen({ routes: getX(handle) });
    const client = await RawClient.open(front.port);
    await client.send(GET);
    await first;
    expect(replies[0]?.open).toBe(true);
    client.hangUp();
    while (front.inFlight() > 0) await eventLoopTurns(1);
    expect(replies[0]?.open).toBe(false);
    replies[0]?.send(200, 'text/plain', 'late');
  });

  it('never answers, is answered for with 503 after a while', async () => {
    const { handle, replies } = keeper();
    const errors: unknown[] = [];
    const front = await listen({
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

  it('is still at work, keeps the front from being idle', async () => {
    const { handle, first, replies } = keeper();
    const front = await listen({ routes: getX(handle) });
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

describe('the uWebSockets.js front, when it ends', () => {
  it('sends the last answer before it closes, also one that was given at once', async () => {
    const front = await listen({
      routes: [{ method: 'POST', pattern: '/x', handle: (_request, reply) => reply.send(200, 'text/plain', 'last') }],
    });
    const client = await RawClient.open(front.port);
    await client.send('POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{');
    const ended = front.idle(60_000).then(() => front.close());
    await client.send('}');
    await ended;
    expect((await client.response())?.body).toBe('last');
  });
});

describe('the uWebSockets.js front, counting', () => {
  it('tells each answer once: its method, its route or none, its status', async () => {
    const counted: string[] = [];
    const { handle, replies } = keeper();
    const front = await listen({
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

describe('the uWebSockets.js front, with a client that', () => {
  it('never finishes its body, is cut off after a while', async () => {
    const front = await listen({ routes: [{ method: 'POST', pattern: '/x', handle: () => {} }], bodyWithinMs: 50 });
    const client = await RawClient.open(front.port);
    await client.send('POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc');
    expect(await client.closed()).toBe('');
    expect(front.inFlight()).toBe(0);
  });

  it('sends the next request before the answer, is cut off, and its first purchase stands', async () => {
    const shop = await openShop(listenUws, { sales: [saleNamed('demo')] });
    fronts.push(shop.front);
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

  it('buys while the process shuts down, is told to come back, and others read on', async () => {
    const shop = await openShop(listenUws, { sales: [saleNamed('demo')] });
    fronts.push(shop.front);
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
