import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FanoutAudience } from './fanout-audience.ts';

const STALLED_MS = 50;
const FRAME = 'x'.repeat(100);

describe('FanoutAudience', () => {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
    socket.once('data', () => socket.write('upgraded'));
  });
  let audience: FanoutAudience;

  beforeEach(async () => {
    await once(server.listen(0, '127.0.0.1'), 'listening');
    audience = new FanoutAudience(STALLED_MS);
    await audience.grow((server.address() as AddressInfo).port, 3);
  });

  afterEach(async () => {
    audience.leave();
    sockets.length = 0;
    await once(server.close(), 'close');
  });

  const publish = (to: readonly Socket[]) => {
    for (const socket of to) socket.write(FRAME);
  };

  it('has all when every socket got every byte, again and again', async () => {
    publish(sockets);
    await audience.received(FRAME.length);
    publish(sockets);
    await expect(audience.received(FRAME.length)).resolves.toBeUndefined();
  });

  it('tells how many bytes are missing when no more come', async () => {
    publish(sockets.slice(1));
    await expect(audience.received(FRAME.length)).rejects.toThrow('100 bytes are missing, on 1 of 3 sockets');
  });

  it("does not take one socket's bytes for another one's", async () => {
    publish(sockets.slice(1));
    publish(sockets.slice(1, 2));
    await expect(audience.received(FRAME.length)).rejects.toThrow('100 bytes are missing, on 1 of 3 sockets');
  });

  it('tells when more came than was published', async () => {
    publish([...sockets, ...sockets.slice(0, 1)]);
    await expect(audience.received(FRAME.length)).rejects.toThrow('more than 100 bytes came, on 1 of 3 sockets');
  });
});
