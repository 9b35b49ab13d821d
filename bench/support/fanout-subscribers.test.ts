import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FanoutSubscribers } from './fanout-subscribers.ts';

const STALLED_MS = 50;
const FRAME = 'x'.repeat(100);

describe('FanoutSubscribers', () => {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
    socket.once('data', () => socket.write('upgraded'));
  });
  let subscribers: FanoutSubscribers;

  beforeEach(async () => {
    await once(server.listen(0, '127.0.0.1'), 'listening');
    subscribers = new FanoutSubscribers(STALLED_MS);
    await subscribers.add((server.address() as AddressInfo).port, 3);
  });

  afterEach(async () => {
    subscribers.close();
    sockets.length = 0;
    await once(server.close(), 'close');
  });

  const publish = (to: readonly Socket[]) => {
    for (const socket of to) socket.write(FRAME);
  };

  it('is complete when every socket received every byte, time after time', async () => {
    publish(sockets);
    await subscribers.received(FRAME.length);
    publish(sockets);
    await expect(subscribers.received(FRAME.length)).resolves.toBeUndefined();
  });

  it('reports how many bytes are missing when no more arrive', async () => {
    publish(sockets.slice(1));
    await expect(subscribers.received(FRAME.length)).rejects.toThrow('100 bytes are missing, on 1 of 3 sockets');
  });

  it("does not count one socket's bytes for another", async () => {
    publish(sockets.slice(1));
    publish(sockets.slice(1, 2));
    await expect(subscribers.received(FRAME.length)).rejects.toThrow('100 bytes are missing, on 1 of 3 sockets');
  });

  it('reports when more arrived than was published', async () => {
    publish([...sockets, ...sockets.slice(0, 1)]);
    await expect(subscribers.received(FRAME.length)).rejects.toThrow('more than 100 bytes arrived, on 1 of 3 sockets');
  });
});
