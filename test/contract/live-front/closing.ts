import { describe, expect, it } from 'vitest';
import type { LiveFrontHarness } from './harness.ts';

export function liveClosing(harness: LiveFrontHarness): void {
  describe('at the end', () => {
    it('every socket is closed with the given code, and no new one is accepted', async () => {
      const running = await harness.start();
      const clients = await Promise.all(Array.from({ length: 50 }, () => running.connect()));
      await running.live.closeAll(1001, 'going away', 100);
      expect(running.live.connections()).toBe(0);
      for (const client of clients) expect(await client.closed).toEqual({ code: 1001, reason: 'going away' });
      await expect(running.connect()).rejects.toThrow('503');
    });

    it('sockets are closed spread over time, not all at once', async () => {
      const running = await harness.start();
      await Promise.all(Array.from({ length: 50 }, () => running.connect()));
      const counts: number[] = [];
      const ended = running.live.closeAll(1001, 'going away', 1000);
      await running.until(() => {
        counts.push(running.live.connections());
        return running.closed.length === 50;
      });
      await ended;
      // Connections that were still open each time that handlers were called: more values than the first and the last.
      expect(new Set(counts).size).toBeGreaterThan(3);
    });

    it('there is no wait without sockets', async () => {
      const running = await harness.start();
      await running.live.closeAll(1001, 'going away', 60_000);
    });

    it('clients that disconnect meanwhile are not waited for', async () => {
      const running = await harness.start();
      const clients = await Promise.all(Array.from({ length: 20 }, () => running.connect()));
      const ended = running.live.closeAll(1001, 'going away', 200);
      for (const client of clients) client.socket.terminate();
      await ended;
      await running.until(() => running.closed.length === 20);
      expect(running.calls.filter((call) => call === 'closed')).toHaveLength(20);
    });

    it('a client that does not read is waited for no longer than the limit of slow consumers', async () => {
      const running = await harness.start({ opened: (socket) => socket.join('t') }, { slowWithinMs: 100 });
      await running.connectSilent();
      for (let n = 0; n < 20; n += 1) running.live.publish('t', 'x'.repeat(1024 * 1024));
      await running.live.closeAll(1001, 'going away', 0);
      expect(running.live.connections()).toBe(0);
    });

    it('closing the front ends the remaining sockets, and later calls do nothing', async () => {
      const running = await harness.start();
      const client = await running.connect();
      running.opened[0]?.join('t');
      running.front.close();
      expect((await client.closed).code).toBe(1006);
      await running.until(() => running.closed.length === 1);
      running.live.publish('t', 'x');
      running.opened[0]?.send('x');
      await running.live.closeAll(1001, 'going away', 0);
      expect(running.live.connections()).toBe(0);
    });
  });

  describe('a client that stays silent', () => {
    it.each([0, 1, 100_000])(
      'may do so for %i seconds, or the nearest time that the front supports',
      async (idleSeconds) => {
        const running = await harness.start({ opened: (socket) => socket.send('hello') }, { idleSeconds });
        const client = await running.connect();
        expect(await client.first(1)).toEqual(['hello']);
      },
    );

    it('is pinged, and closed unless it answers', async () => {
      const running = await harness.start({}, { idleSeconds: 8 });
      const answering = await running.connect();
      const silent = await running.connectSilent();
      await running.until(() => running.closed.length === 1);
      silent.resume();
      await silent.closed;
      // An empty ping frame.
      expect(silent.tail.toString('hex')).toBe('8900');
      expect(answering.pings).toBeGreaterThan(0);
      expect(running.opened.map(({ open }) => open)).toEqual([true, false]);
    });
  });
}
