import { describe, expect, it } from 'vitest';
import { median, quantile, statsOf } from './statistics.ts';

describe('median', () => {
  it('is the middle number, in whatever order they are given', () => {
    expect(median([9, 1, 5])).toBe(5);
  });

  it('is the mean of the two middle numbers of an even count', () => {
    expect(median([4, 1, 3, 2])).toBe(2.5);
  });

  it('compares numbers, not strings', () => {
    expect(median([100, 9, 20])).toBe(20);
  });

  it('is 0 for an empty list', () => {
    expect(median([])).toBe(0);
  });
});

describe('statsOf', () => {
  it('has minimum and maximum beside the median', () => {
    expect(statsOf([0.4, 0.2, 0.9])).toEqual({ median: 0.4, min: 0.2, max: 0.9 });
  });

  it('is finite for an empty list', () => {
    expect(statsOf([])).toEqual({ median: 0, min: 0, max: 0 });
  });
});

describe('quantile', () => {
  const hundred = Array.from({ length: 100 }, (_, n) => n + 1);

  it('has the given share of the numbers below it', () => {
    expect(quantile(hundred, 0.99)).toBe(100);
    expect(quantile(hundred, 0.5)).toBe(51);
  });

  it('is the last number for a share of 1', () => {
    expect(quantile(hundred, 1)).toBe(100);
  });
});
