import { describe, expect, it } from 'vitest';
import { RateUsages } from './rate-usages.ts';

describe('RateUsages', () => {
  it('keeps keys used within the last window, and drops those idle for two', () => {
    const usages = new RateUsages(100);
    usages.at('a', 0).unsent = 5;
    expect(usages.at('a', 999).unsent).toBe(5);
    expect(usages.at('a', 1500).unsent).toBe(5);
    expect(usages.at('a', 3500).unsent).toBe(0);
    usages.at('b', 3500);
    usages.at('b', 4500);
    usages.at('b', 5500);
    expect(usages.size).toBe(1);
  });

  it('never holds more than its maximum of keys', () => {
    const usages = new RateUsages(100);
    for (let n = 0; n < 1000; n += 1) {
      usages.at(`u${n}`, n / 1000);
      expect(usages.size).toBeLessThanOrEqual(100);
    }
    expect(usages.size).toBeGreaterThanOrEqual(50);
  });

  it('starts a window with the last one’s debt, once', () => {
    const usage = new RateUsages(100).at('a', 0);
    Object.assign(usage, { known: 100, debt: 7 });
    usage.refresh(999);
    expect(usage.used).toBe(100);
    usage.refresh(1000);
    expect([usage.used, usage.debt, usage.endsAt]).toEqual([7, 0, 2000]);
  });
});
