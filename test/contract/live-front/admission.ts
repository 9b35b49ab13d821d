import { describe, expect, it } from 'vitest';
import { createClientKeys } from '../../../src/api/http/client-address.ts';
import { SocketLimits } from '../../../src/api/live/socket-limits.ts';
import { upgradeRequest } from '../../support/live-client.ts';
import { RawClient } from '../../support/raw-http.ts';
import { type LiveFrontHarness, PATH } from './harness.ts';

/** The number of sockets. */
export function liveAdmission(harness: LiveFrontHarness): void {
  const start = async (perProcess: number, perAddress: number) => {
    const refused: string[] = [];
    const admission = new SocketLimits({
      perProcess,
      perAddress,
      keysOf: createClientKeys({ hops: 1 }),
      onRefused: (by) => refused.push(by),
    });
    return { refused, ...(await harness.start({}, { admission })) };
  };
  const upgrade = async (port: number, forwardedFor: string) => {
    const client = await RawClient.open(port);
    await client.send(upgradeRequest(PATH, { 'X-Forwarded-For': forwardedFor }));
    return { client, answer: await client.response() };
  };

  describe('a socket too many', () => {
    it('of the process is refused with 503, until another one ends', async () => {
      const running = await start(2, 0);
      const [first] = [await running.connect(), await running.connect()];
      const { client, answer } = await upgrade(running.front.port, '');
      expect(answer?.status).toBe(503);
      expect(answer?.headers).toHaveProperty('retry-after');
      expect(JSON.parse(answer?.body ?? '')).toMatchObject({
        code: 'overloaded',
        detail: expect.stringContaining('sockets'),
      });
      expect(running.refused).toEqual(['process']);
      expect(running.live.connections()).toBe(2);

      await first.close();
      await running.until(() => running.closed.length === 1);
      // The refused connection is one of HTTP still, and its next upgrade is admitted.
      await client.send(upgradeRequest(PATH));
      expect((await client.response())?.status).toBe(101);
      client.hangUp();
    });

    it('of an address is refused with 429, and those of others are not', async () => {
      const running = await start(0, 1);
      const [one, two] = [await upgrade(running.front.port, '1.1.1.1'), await upgrade(running.front.port, '1.1.1.1')];
      const three = await upgrade(running.front.port, '9.9.9.9, 2.2.2.2');
      const four = await upgrade(running.front.port, '1.1.1.1, 2.2.2.2');
      expect([one, two, three, four].map(({ answer }) => answer?.status)).toEqual([101, 429, 101, 429]);
      expect(JSON.parse(two.answer?.body ?? '')).toMatchObject({
        code: 'rate_limited',
        detail: expect.stringContaining('sockets'),
      });
      expect(running.refused).toEqual(['address', 'address']);
      for (const { client } of [one, two, three, four]) client.hangUp();
    });

    it('is counted to the end of its connection, however that comes', async () => {
      const running = await start(1, 1);
      for (let round = 1; round <= 5; round += 1) {
        const client = await running.connect();
        await expect(running.connect()).rejects.toThrow(/503|429/);
        if (round % 2 === 0) client.reset();
        else await client.close();
        await running.until(() => running.closed.length === round);
      }
    });
  });

  describe('a frame that does not come to its end', () => {
    it.each([
      ['and drips on', true],
      ['and no more comes', false],
    ])('is given up with its connection when it takes too long %s', async (_, drips) => {
      const running = await harness.start({}, { idleSeconds: 1 });
      const client = await running.connectSilent();
      client.resume();
      // A masked text frame of 900 bytes, of which 10 are sent.
      client.write(Buffer.concat([Buffer.from([0x81, 0xfe, 0x03, 0x84, 1, 2, 3, 4]), Buffer.alloc(10, 1)]));
      const dripping = drips ? setInterval(() => client.write(Buffer.from([1])), 100) : undefined;
      await running.until(() => running.closed.length === 1);
      clearInterval(dripping);
      await client.closed;
      expect(running.calls).toEqual(['opened', 'closed']);
      expect(running.live.connections()).toBe(0);
    });
  });
}
