import { describe, expect, it } from 'vitest';
import { RawClient } from '../../support/raw-http.ts';
import { type LiveFrontHarness, MAX_FRAME, type RunningFront } from './harness.ts';

export function liveFrames(harness: LiveFrontHarness): void {
  describe('frames', () => {
    it('arrive whole and in order, in both directions, and the end is reported once', async () => {
      const running = await harness.start({
        opened: (socket) => socket.send('hello'),
        received: (socket, frame) => socket.send(`got ${frame}`),
      });
      const client = await running.connect();
      for (const frame of ['one', '', 'zwölf €', '𝄞']) client.send(frame);
      expect(await client.first(5)).toEqual(['hello', 'got one', 'got ', 'got zwölf €', 'got 𝄞']);
      expect(running.opened[0]?.open).toBe(true);
      expect(await client.close()).toMatchObject({ code: 1000 });
      await running.until(() => running.closed.length > 0);
      expect(running.opened[0]?.open).toBe(false);
      expect(running.calls).toEqual([
        'opened',
        'received one',
        'received ',
        'received zwölf €',
        'received 𝄞',
        'closed',
      ]);
      running.opened[0]?.send('late');
      running.opened[0]?.join('late');
      running.opened[0]?.leave('late');
      running.opened[0]?.close(1000, 'late');
    });

    it('may come in fragments, and be long', async () => {
      const running = await harness.start({ received: (socket, frame) => socket.send(frame.repeat(500)) });
      const client = await running.connect();
      const half = 'x'.repeat(MAX_FRAME / 2);
      client.send(half, { fin: false });
      client.send(half);
      expect(await client.first(1)).toEqual(['x'.repeat(MAX_FRAME * 500)]);
    });

    it.each([
      ['a byte too long', 'x'.repeat(MAX_FRAME + 1)],
      ['too long in bytes only', '€'.repeat(MAX_FRAME / 2)],
      ['a few kilobytes too long', 'x'.repeat(MAX_FRAME + 4096)],
    ])('%s close with 1009', async (_what, frame) => {
      const running = await harness.start();
      const client = await running.connect();
      client.send(frame);
      expect(await client.closed).toEqual({ code: 1009, reason: 'frame too long' });
      await running.until(() => running.closed.length > 0);
      expect(running.calls).toEqual(['opened', 'closed']);
    });

    it.each([
      ['beyond what is read', harness.traits.maxReadFrame + 1],
      ['of a megabyte', 1024 * 1024],
    ])('%s end the connection', async (_what, length) => {
      const running = await harness.start();
      const client = await running.connect();
      client.send('x'.repeat(length));
      expect([1006, 1009]).toContain((await client.closed).code);
      await running.until(() => running.closed.length > 0);
      expect(running.calls).toEqual(['opened', 'closed']);
    });

    it('that are binary close with 1003', async () => {
      const running = await harness.start();
      const client = await running.connect();
      client.send(Buffer.from('{}'), { binary: true });
      expect(await client.closed).toEqual({ code: 1003, reason: 'text frames only' });
      await running.until(() => running.closed.length > 0);
      expect(running.calls).toEqual(['opened', 'closed']);
    });

    it('of invalid UTF-8 end the connection and reach no handler', async () => {
      const running = await harness.start();
      const client = await running.connect();
      client.send(Buffer.from([0x61, 0xc3, 0x28]));
      expect((await client.closed).code).toBe(harness.traits.invalidUtf8);
      await running.until(() => running.closed.length > 0);
      expect(running.calls).toEqual(['opened', 'closed']);
    });

    it('after the one that closed the socket are not received', async () => {
      const running: RunningFront = await harness.start({
        received: (socket) => {
          socket.close(1008, 'enough');
          expect(socket.open).toBe(false);
          // The handler is not called within the call of close.
          expect(running.closed).toEqual([]);
        },
      });
      const client = await running.connect();
      for (let n = 0; n < 100; n += 1) client.send(String(n));
      expect(await client.closed).toEqual({ code: 1008, reason: 'enough' });
      await running.until(() => running.closed.length > 0);
      expect(running.calls).toEqual(['opened', 'received 0', 'closed']);
      expect(running.errors).toEqual([]);
    });

    it('close their own socket only when a handler throws', async () => {
      const broken = new Error('broken');
      const fail = (): void => {
        throw broken;
      };
      for (const name of ['opened', 'received', 'closed'] as const) {
        const running = await harness.start({ [name]: fail });
        const client = await running.connect();
        if (name !== 'opened') client.send('x');
        if (name === 'closed') await client.close();
        else expect(await client.closed).toEqual({ code: 1011, reason: 'internal error' });
        await running.until(() => running.closed.length > 0 && running.errors.length > 0);
        expect(running.errors).toEqual([broken]);
        expect(running.live.connections()).toBe(0);
      }
    });

    it('can be cut off by a reset at any time', async () => {
      const running = await harness.start({
        opened: (socket) => socket.join('events'),
        received: (socket) => socket.send('x'.repeat(1024 * 1024)),
      });
      const staying = await running.connect();
      for (let round = 0; round < 20; round += 1) {
        const client = await running.connect();
        client.send('x');
        running.live.publish('events', 'x');
        client.reset();
        running.live.publish('events', 'y');
      }
      await running.until(() => running.closed.length === 20);
      running.live.publish('events', 'after');
      expect((await staying.first(41)).at(-1)).toBe('after');
      expect(running.live.connections()).toBe(1);
      expect(running.errors).toEqual([]);
    });

    it('do not affect HTTP on the same port', async () => {
      const running = await harness.start(
        { received: (socket, frame) => socket.send(frame) },
        {
          routes: [
            { method: 'GET', pattern: '/x', handle: (_request, reply) => reply.send(200, 'text/plain', 'plain') },
          ],
        },
      );
      const client = await running.connect();
      const http = await RawClient.open(running.front.port);
      for (let round = 1; round <= 20; round += 1) {
        client.send(String(round));
        await http.send('GET /x HTTP/1.1\r\nHost: x\r\n\r\n');
        expect(await http.response()).toMatchObject({ status: 200, body: 'plain' });
        expect(await client.first(round)).toHaveLength(round);
      }
      http.hangUp();
    });
  });
}
