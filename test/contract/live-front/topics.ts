import { describe, expect, it } from 'vitest';
import type { LiveFrontHarness } from './harness.ts';

const MANY = 500;

export function liveTopics(harness: LiveFrontHarness): void {
  describe('a topic', () => {
    it('reaches the sockets that joined, from then on, until they leave', async () => {
      const running = await harness.start();
      const [one, other] = [await running.connect(), await running.connect()];
      const [a, b] = running.opened;
      running.live.publish('t', 'to no one');
      a?.join('t');
      a?.join('t');
      running.live.publish('t', 'first');
      b?.join('t');
      b?.join('u');
      running.live.publish('t', 'second');
      a?.leave('t');
      a?.leave('never joined');
      running.live.publish('t', 'third');
      running.live.publish('u', 'fourth');
      a?.send('end');
      b?.send('end');
      expect(await one.first(3)).toEqual(['first', 'second', 'end']);
      expect(await other.first(4)).toEqual(['second', 'third', 'fourth', 'end']);
    });

    it('keeps the order of published and sent frames, long ones too', async () => {
      const running = await harness.start();
      const client = await running.connect();
      const socket = running.opened[0];
      socket?.join('t');
      const long = 'x'.repeat(40_000);
      const expected: string[] = [];
      for (let n = 0; n < 200; n += 1) {
        const frame = n % 50 === 17 ? `${n} ${long}` : String(n);
        expected.push(frame);
        if (n % 3 === 0) socket?.send(frame);
        else running.live.publish('t', frame);
      }
      expect(await client.first(expected.length)).toEqual(expected);
    });

    it('forgets sockets that were closed', async () => {
      const running = await harness.start({ opened: (socket) => socket.join('t') });
      const [going, staying] = [await running.connect(), await running.connect()];
      await going.close();
      await running.until(() => running.closed.length === 1);
      running.live.publish('t', 'x');
      expect(await staying.first(1)).toEqual(['x']);
      expect(going.frames).toEqual([]);
    });

    it(`reaches ${MANY} sockets, each with a different id`, async () => {
      const running = await harness.start({ opened: (socket) => socket.join('t') });
      const clients = await Promise.all(Array.from({ length: MANY }, () => running.connect()));
      expect(running.live.connections()).toBe(MANY);
      expect(new Set(running.opened.map(({ id }) => id)).size).toBe(MANY);
      running.live.publish('t', 'one');
      running.live.publish('t', 'two');
      for (const client of clients) expect(await client.first(2)).toEqual(['one', 'two']);
    });
  });
}
