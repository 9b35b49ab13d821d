import { describe, expect, it } from 'vitest';
import { backoffDefaults, delayAfter } from './backoff.ts';

describe('the delay before a reconnect', () => {
  it('is random up to a bound that doubles until its cap', () => {
    const latest = (failures: number) => delayAfter(failures, () => 1, backoffDefaults);
    expect([0, 1, 2, 5, 6, 1_000].map(latest)).toEqual([250, 500, 1_000, 8_000, 10_000, 10_000]);
    expect(delayAfter(9, () => 0, backoffDefaults)).toBe(0);
    expect(delayAfter(0, () => 0.5, backoffDefaults)).toBe(125);
  });
});
