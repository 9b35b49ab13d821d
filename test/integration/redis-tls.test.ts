import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createRedisEventBus } from '../../src/adapters/redis/event-bus.ts';
import { createRedisRateCounter } from '../../src/adapters/redis/rate-counter.ts';
import { createRedisTicketQueue } from '../../src/adapters/redis/ticket-queue.ts';
import { deferred } from '../support/deferred.ts';

/** A server that answers as a Redis does to bytes that are none of its protocol, and one that answers nothing. */
const SERVERS = {
  'closes the connection': () => createServer((socket) => socket.once('data', () => socket.destroy())),
  'answers in plain text': () => createServer((socket) => socket.once('data', () => socket.end('-ERR unknown\r\n'))),
  'never answers': () => createServer(() => {}),
} as const;

/** The adapters that connect to Redis; each reports why it is not connected. */
const ADAPTERS = {
  'the ticket queue': createRedisTicketQueue,
  'the event bus': createRedisEventBus,
  'the rate counter': createRedisRateCounter,
} as const;

describe('rediss:// to a server without TLS', () => {
  let server: Server;
  const sockets = new Set<Socket>();
  afterEach(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise<void>((resolve) => void server.close(() => resolve()));
  });

  const cases = Object.keys(ADAPTERS).flatMap((adapter) =>
    Object.keys(SERVERS).map((does) => [adapter, does] as const),
  );
  it.each(cases)('%s names the setting when the server %s', async (adapter, does) => {
    server = SERVERS[does as keyof typeof SERVERS]();
    server.on('connection', (socket) => sockets.add(socket));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const reported = deferred<string>();
    const { disconnect } = ADAPTERS[adapter as keyof typeof ADAPTERS]({
      url: `rediss://127.0.0.1:${port}`,
      prefix: 'p:',
      onState: (state, reason) => state === 'down' && reported.resolve(reason),
    });
    const reason = await reported.promise;
    disconnect();
    expect(reason).toContain('REDIS_URL asks for TLS (rediss://)');
  });
});
