import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { closedLoop } from './closed-loop.ts';

const SECONDS = 0.05;
const EACH = 10;

describe('closedLoop', () => {
  it('counts what all calls have done, however many are under way', async () => {
    let done = 0;
    const from = performance.now();
    const { perSecond } = await closedLoop(SECONDS, 4, async () => {
      await delay(1);
      done += EACH;
      return EACH;
    });
    const elapsed = (performance.now() - from) / 1000;
    // It lasts no less than it was told to, and no longer than seen from here.
    expect(perSecond).toBeGreaterThanOrEqual(done / elapsed);
    expect(perSecond).toBeLessThanOrEqual(done / SECONDS);
  });

  it('has as many calls under way as it is told', async () => {
    let [underWay, most] = [0, 0];
    await closedLoop(SECONDS, 3, async () => {
      underWay += 1;
      most = Math.max(most, underWay);
      await delay(1);
      underWay -= 1;
      return 1;
    });
    expect(most).toBe(3);
  });
});
