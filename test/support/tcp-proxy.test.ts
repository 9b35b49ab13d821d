import { once } from 'node:events';
import type { AddressInfo, Server, Socket } from 'node:net';
import { connect, createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type TcpProxy, tcpProxy } from './tcp-proxy.ts';

let echo: Server;
let proxy: TcpProxy;
const open: Socket[] = [];

beforeEach(async () => {
  echo = createServer({ noDelay: true }, (socket) => socket.on('error', () => {}).pipe(socket)).listen(0, '127.0.0.1');
  await once(echo, 'listening');
  proxy = await tcpProxy((echo.address() as AddressInfo).port);
});

afterEach(async () => {
  for (const socket of open.splice(0)) socket.destroy();
  proxy.close();
  echo.close();
  await once(echo, 'close');
});

async function dial() {
  const socket = connect({ port: proxy.port, host: '127.0.0.1', noDelay: true });
  open.push(socket);
  await once(socket, 'connect');
  const chunks: Buffer[] = [];
  socket.on('data', (bytes) => chunks.push(bytes));
  socket.on('error', () => {});
  return {
    socket,
    chunks,
    received: () => Buffer.concat(chunks).toString(),
    /** Resolves when so many bytes have arrived. */
    has: async (length: number) => {
      while (Buffer.concat(chunks).length < length) await once(socket, 'data');
    },
  };
}

describe('the TCP proxy', () => {
  it('passes on more than it buffers, in order and completely', async () => {
    const { socket, has, received } = await dial();
    const text = Array.from({ length: 500_000 }, (_, n) => n.toString(36)).join(' ');
    socket.write(text);
    await has(text.length);
    expect(received()).toBe(text);
  });

  it('cuts bytes into slices, in both directions, and loses none', async () => {
    proxy.setConditions({ sliceBytes: 3 });
    const { socket, chunks, has, received } = await dial();
    socket.write('abcdefgh');
    await has(8);
    expect(received()).toBe('abcdefgh');
    expect(Math.max(...chunks.map(({ length }) => length))).toBeLessThanOrEqual(3);
  });

  it('refuses connections and breaks the open ones, until it accepts again on the same port', async () => {
    const { socket } = await dial();
    const broken = once(socket, 'close');
    proxy.refuse();
    await broken;
    await expect(dial()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await proxy.accept();
    const again = await dial();
    again.socket.write('back');
    await again.has(4);
    expect(again.received()).toBe('back');
  });

  it('delays by the latency, in each direction', async () => {
    const { socket, has } = await dial();
    proxy.setConditions({ latencyMs: 40 });
    const before = performance.now();
    socket.write('x');
    await has(1);
    expect(performance.now() - before).toBeGreaterThanOrEqual(80);
  });

  it('limits the bandwidth', async () => {
    const { socket, has } = await dial();
    proxy.setConditions({ bytesPerSecond: 10_000 });
    const before = performance.now();
    socket.write('x'.repeat(1000));
    await has(1000);
    expect(performance.now() - before).toBeGreaterThanOrEqual(100);
  });

  it('holds everything back while it is frozen, for new connections too, and delivers it afterwards', async () => {
    const early = await dial();
    early.socket.write('0');
    await early.has(1);
    proxy.freeze();
    const late = await dial();
    early.socket.write('1');
    late.socket.write('2');
    const thawedAt = await new Promise<number>((resolve) =>
      setTimeout(() => {
        proxy.thaw();
        resolve(performance.now());
      }, 30),
    );
    expect([early.received(), late.received()]).toEqual(['0', '']);
    await Promise.all([early.has(2), late.has(1)]);
    expect(performance.now()).toBeGreaterThan(thawedAt);
    expect([early.received(), late.received()]).toEqual(['01', '2']);
  });

  it('breaks the connection instead of delivering the next reply, once', async () => {
    const { socket, received } = await dial();
    proxy.cutNextReply();
    socket.write('x');
    await once(socket, 'close');
    expect(received()).toBe('');
    const again = await dial();
    again.socket.write('y');
    await again.has(1);
  });

  it('discards replies on blackholed connections, and serves new ones', async () => {
    const lost = await dial();
    lost.socket.write('1');
    await lost.has(1);
    proxy.blackhole();
    lost.socket.write('2');
    const working = await dial();
    working.socket.write('3');
    await working.has(1);
    expect(lost.received()).toBe('1');
    expect(lost.socket.destroyed).toBe(false);
  });

  it('breaks all open connections', async () => {
    const { socket } = await dial();
    proxy.cut();
    await once(socket, 'close');
    expect(socket.destroyed).toBe(true);
  });
});
