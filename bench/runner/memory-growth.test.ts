import { describe, expect, it } from 'vitest';
import { growthOf } from './memory-growth.ts';

const samplesOf = (mb: readonly number[]) => mb.map((value, n) => ({ ms: n * 1000, mb: value }));

describe('growthOf', () => {
  it('finds a steady leak, and its slope', () => {
    const { startMb, growthMb, slopeMbPerMinute } = growthOf(
      samplesOf(Array.from({ length: 61 }, (_, n) => 100 + n / 6)),
    );
    expect(startMb).toBeCloseTo(100.5, 5);
    expect(growthMb).toBeCloseTo(9.17, 1);
    expect(slopeMbPerMinute).toBeCloseTo(10, 5);
  });

  it('takes no single peak for growth, wherever it is', () => {
    const flat = Array.from({ length: 60 }, () => 100);
    expect(growthOf(samplesOf([...flat, 500])).growthMb).toBe(0);
    expect(growthOf(samplesOf([500, ...flat])).growthMb).toBe(0);
  });

  it('says of a process that shrinks that it shrinks', () => {
    expect(growthOf(samplesOf([100, 90, 80])).growthMb).toBe(-20);
  });

  it('is flat of one sample, and of none', () => {
    expect(growthOf(samplesOf([70]))).toEqual({ startMb: 70, growthMb: 0, slopeMbPerMinute: 0 });
    expect(growthOf([])).toEqual({ startMb: 0, growthMb: 0, slopeMbPerMinute: 0 });
  });
});
