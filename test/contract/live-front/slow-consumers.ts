import { describe, expect, it } from 'vitest';
import type { LiveSocket } from '../../../src/ports/live-socket.ts';
import { eventLoopTurns } from '../../support/raw-http.ts';
import { type LiveFrontHarness, MAX_BUFFERED, type RunningFront } from './harness.ts';

const FRAME = 'x'.repeat(1_000);
/** More frames than the system's buffers of a connection hold (at most about 10 MB on Linux). */
const FLOOD = 100_000;
const AT_ONCE = 20;
/** A text frame of the letter a, as a client sends it, masked with zeros. */
const LATE_FRAME = Buffer.from('81810000000061', 'hex');

/** Publishes frames as fast as `keepUp` allows. */
async function flood(running: RunningFront, count: number, keepUp: (published: number) => Promise<unknown>) {
  for (let n = 0; n < count; n += AT_ONCE) {
    for (let k = 0; k < AT_ONCE; k += 1) running.live.publish('t', FRAME);
    await keepUp(n + AT_ONCE);
  }
}

/** Sends until the socket is closed; returns the number of frames. */
async function sendUntilClosed(socket: LiveSocket, limit: number): Promise<number> {
  let sent = 0;
  while (socket.open && sent < limit) {
    for (let k = 0; k < AT_ONCE && socket.open; k += 1) {
      socket.send(FRAME);
      sent += 1;
    }
    await eventLoopTurns(1);
  }
  return sent;
}

export function liveSlowConsumers(harness: LiveFrontHarness): void {
  describe('a client that does not read', () => {
    it('misses frames and is then closed, while others get them all and memory is bounded', async () => {
      const running = await harness.start({ opened: (socket) => socket.join('t') }, { slowWithinMs: 200 });
      await running.connectSilent();
      const fast = await running.connect();
      const before = process.memoryUsage().rss;
      let most = 0;
      await flood(running, FLOOD, async (published) => {
        await fast.first(published);
        // One string for all of them, so that the frames of this test's client take no memory.
        fast.frames.fill(FRAME);
        if (published % 10_000 === 0) most = Math.max(most, process.memoryUsage().rss - before);
      });
      expect(fast.frames).toHaveLength(FLOOD);
      expect(most).toBeLessThan((FLOOD * FRAME.length) / 2);
      await running.until(() => running.closed.length === 1);
      expect(running.live.connections()).toBe(1);
    });

    it('is closed when answers pile up, and gets the reason when it reads on', async () => {
      const running = await harness.start();
      const silent = await running.connectSilent();
      const [socket] = running.opened;
      if (socket === undefined) throw new Error('no socket was opened');
      const sent = await sendUntilClosed(socket, FLOOD);
      expect(sent).toBeLessThan(FLOOD);
      await running.until(() => running.closed.length === 1);
      silent.resume();
      await silent.closed;
      expect(silent.tail.toString('latin1')).toContain('slow reader');
      // Everything that was sent before the close frame arrived before it.
      expect(silent.read).toBeGreaterThan((sent - 1) * FRAME.length);
    });

    it('gets the reason, too, when more was published than it may leave unread and it then reads on', async () => {
      const running = await harness.start({ opened: (socket) => socket.join('t') });
      const silent = await running.connectSilent();
      await flood(running, FLOOD / 5, () => eventLoopTurns(1));
      // The buffered bytes are now over the limit or just below it.
      const [socket] = running.opened;
      socket?.send('x'.repeat(MAX_BUFFERED));
      expect(socket?.open).toBe(false);
      silent.write(LATE_FRAME);
      await eventLoopTurns();
      silent.resume();
      await silent.closed;
      expect(silent.tail.toString('latin1')).toContain('slow reader');
      await running.until(() => running.closed.length === 1);
      expect(running.calls).toEqual(['opened', 'closed']);
    });

    it('and then catches up gets the latest frames, and is not closed', async () => {
      const running = await harness.start({ opened: (socket) => socket.join('t') }, { slowWithinMs: 2_000 });
      const waking = await running.connectSilent();
      await running.connectSilent();
      await flood(running, FLOOD / 5, () => eventLoopTurns(1));
      waking.resume();
      // When the client has caught up can't be observed here, so frames are published until one arrives.
      while (!waking.tail.toString('latin1').includes('newest')) {
        running.live.publish('t', 'newest');
        await eventLoopTurns(1);
      }
      expect(waking.read).toBeLessThan((FLOOD / 5) * FRAME.length);
      await running.until(() => running.closed.length === 1);
      expect(running.opened.map(({ open }) => open)).toEqual([true, false]);
    });
  });
}
