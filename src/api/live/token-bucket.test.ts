import { describe, expect, it } from 'vitest';
import { TokenBucket } from './token-bucket.ts';

const rate = { perSecond: 10, burst: 3 };

function taken(bucket: TokenBucket, nowMs: number): number {
  let count = 0;
  while (bucket.take(nowMs)) count += 1;
  return count;
}

describe('a token bucket', () => {
  it('allows a burst, then as many as time has added, and never more than a burst', () => {
    const bucket = new TokenBucket(rate, 1000);
    expect(taken(bucket, 1000)).toBe(3);
    expect(taken(bucket, 1099)).toBe(0);
    expect(taken(bucket, 1100)).toBe(1);
    expect(taken(bucket, 1350)).toBe(2);
    expect(taken(bucket, 99_000)).toBe(3);
  });

  it('does not count refused attempts', () => {
    const bucket = new TokenBucket(rate, 0);
    taken(bucket, 0);
    for (let ms = 1; ms < 100; ms += 1) expect(bucket.take(ms)).toBe(false);
    expect(bucket.take(100)).toBe(true);
  });
});
