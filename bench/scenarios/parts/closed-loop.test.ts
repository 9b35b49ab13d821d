import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { closedLoop } from './closed-loop.ts';

const SECONDS = 0.05;
const EACH = 10;

describe('closedLoop', () => {
  it('adds up the operations of concurrent calls', async () => {
    let done = 0;
    const from = performance.now();
    const { perSecond } = await closedLoop(SECONDS, 4, async () => {
      await delay(1);
      done += EACH;
      return EACH;
    });
    const elapsed = (performance.now() - from) / 1000;
    // It runs for at least the requested time, and no longer than measured here.
    expect(perSecond).toBeGreaterThanOrEqual(done / elapsed);
    expect(perSecond).toBeLessThanOrEqual(done / SECONDS);
  });

  it('keeps the given number of calls in flight', async () => {
    let [inFlight, most] = [0, 0];
    await closedLoop(SECONDS, 3, async () => {
      inFlight += 1;
      most = Math.max(most, inFlight);
      await delay(1);
      inFlight -= 1;
      return 1;
    });
    expect(most).toBe(3);
  });
});
