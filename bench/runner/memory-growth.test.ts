import { describe, expect, it } from 'vitest';
import { growthOf } from './memory-growth.ts';

const samplesOf = (mb: readonly number[]) => mb.map((value, n) => ({ ms: n * 1000, mb: value }));

describe('growthOf', () => {
  it('finds a steady leak, and its slope', () => {
    const { tenthsMb, growthMb, slopeMbPerMinute } = growthOf(
      samplesOf(Array.from({ length: 50 }, (_, n) => 100 + n / 6)),
    );
    expect(tenthsMb).toHaveLength(10);
    expect(tenthsMb[0]).toBeCloseTo(100 + 2 / 6, 5);
    expect(tenthsMb[9]).toBeCloseTo(100 + 47 / 6, 5);
    expect(growthMb).toBeCloseTo(7.5, 5);
    expect(slopeMbPerMinute).toBeCloseTo(10, 5);
  });

  it('does not take a single peak for growth, wherever it is', () => {
    const flat = Array.from({ length: 60 }, () => 100);
    expect(growthOf(samplesOf([...flat, 500])).growthMb).toBe(0);
    expect(growthOf(samplesOf([500, ...flat])).growthMb).toBe(0);
  });

  it('shows a rise and fall between equal ends', () => {
    const wave = Array.from({ length: 100 }, (_, n) => 100 + 50 * Math.sin((n / 99) * Math.PI));
    const { tenthsMb, growthMb } = growthOf(samplesOf(wave));
    expect(growthMb).toBeCloseTo(0, 5);
    expect(Math.max(...tenthsMb)).toBeGreaterThan(145);
  });

  it('is negative for a process that shrinks', () => {
    expect(growthOf(samplesOf([100, 90, 80])).growthMb).toBe(-20);
  });

  it('has no growth for one sample, and for none', () => {
    expect(growthOf(samplesOf([70]))).toEqual({ tenthsMb: [70], growthMb: 0, slopeMbPerMinute: 0 });
    expect(growthOf([])).toEqual({ tenthsMb: [], growthMb: 0, slopeMbPerMinute: 0 });
  });
});
