import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AdaptiveLimit } from './adaptive-limit.ts';

const MAX = 16;

const steady = (): number => 1;

/** Consecutive batches at full load on a server that runs `atOnce` at a time and queues the rest. */
function fullLoad(limit: AdaptiveLimit, batches: number, { serviceMs = 2, atOnce = MAX, noise = steady } = {}): void {
  for (let n = 0; n < batches; n += 1) {
    const underWay = limit.limit;
    limit.observe(serviceMs * noise() * Math.max(1, underWay / atOnce), underWay);
  }
}

describe('AdaptiveLimit', () => {
  it('starts at the bound, and stays there while batch latency is constant', () => {
    const limit = new AdaptiveLimit(MAX);
    expect(limit.limit).toBe(MAX);
    fullLoad(limit, 2000);
    expect(limit.limit).toBe(MAX);
  });

  it('lowers the limit when batches take much longer, down to one', () => {
    const limit = new AdaptiveLimit(MAX);
    fullLoad(limit, 1000);
    fullLoad(limit, 100, { serviceMs: 200 });
    expect(limit.limit).toBe(1);
  });

  it('settles near the server’s own concurrency, beyond which batches would only queue', () => {
    const limit = new AdaptiveLimit(MAX);
    fullLoad(limit, 1000, { atOnce: MAX });
    fullLoad(limit, 60, { atOnce: 2 });
    expect(limit.limit).toBeGreaterThanOrEqual(2);
    expect(limit.limit).toBeLessThanOrEqual(6);
  });

  it('returns to the bound soon after the server recovers', () => {
    const limit = new AdaptiveLimit(MAX);
    fullLoad(limit, 1000);
    fullLoad(limit, 100, { serviceMs: 200 });
    fullLoad(limit, 150);
    expect(limit.limit).toBe(MAX);
  });

  it('detects a second slow period as well as the first', () => {
    const limit = new AdaptiveLimit(MAX);
    fullLoad(limit, 1000);
    fullLoad(limit, 600, { serviceMs: 200 });
    fullLoad(limit, 300);
    expect(limit.limit).toBe(MAX);
    fullLoad(limit, 40, { serviceMs: 200 });
    expect(limit.limit).toBeLessThanOrEqual(4);
  });

  it('ignores noise', () => {
    const limit = new AdaptiveLimit(MAX);
    let n = 0;
    const noise = () => [0.5, 1, 1.5, 2.5][n++ % 4] as number;
    for (let round = 0; round < 100; round += 1) {
      fullLoad(limit, 20, { noise });
      expect(limit.limit).toBe(MAX);
    }
  });

  it('does not change under light load', () => {
    const limit = new AdaptiveLimit(MAX);
    fullLoad(limit, 1000);
    fullLoad(limit, 100, { serviceMs: 200 });
    for (let n = 0; n < 500; n += 1) limit.observe(2, 0);
    expect(limit.limit).toBe(1);
  });

  it('follows its bound, and keeps a lower learned limit', () => {
    const limit = new AdaptiveLimit(MAX);
    limit.max = 4;
    expect(limit.limit).toBe(4);
    limit.max = 32;
    expect(limit.limit).toBe(32);
    fullLoad(limit, 1000);
    fullLoad(limit, 100, { serviceMs: 500 });
    limit.max = 64;
    expect(limit.limit).toBe(1);
  });

  it('is always an integer from 1 to its bound', () => {
    const step = fc.oneof(
      fc.record({ tookMs: fc.double({ min: 0, max: 1e6, noNaN: true }), underWay: fc.nat(300) }),
      fc.record({ max: fc.integer({ min: 1, max: 256 }) }),
    );
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 256 }), fc.array(step, { maxLength: 200 }), (first, steps) => {
        const limit = new AdaptiveLimit(first);
        let max = first;
        for (const each of steps) {
          if ('max' in each) {
            max = each.max;
            limit.max = max;
          } else limit.observe(each.tookMs, each.underWay);
          expect(Number.isInteger(limit.limit)).toBe(true);
          expect(limit.limit).toBeGreaterThanOrEqual(1);
          expect(limit.limit).toBeLessThanOrEqual(max);
        }
      }),
    );
  });
});
