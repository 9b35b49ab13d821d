import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../test/support/fakes/manual-clock.ts';
import { ShortageMemo } from './shortage-memo.ts';

const NOTHING_KNOWN = Number.POSITIVE_INFINITY;

function rig() {
  const clock = new ManualClock();
  return { clock, memo: new ShortageMemo(clock, 100) };
}

describe('ShortageMemo', () => {
  it('knows nothing of a sale that was not added', () => {
    expect(rig().memo.remaining('a')).toBe(NOTHING_KNOWN);
  });

  it('remembers what was left of a sale for its time, and not a millisecond longer', () => {
    const { clock, memo } = rig();
    memo.add('a', 3);
    clock.advance(99);
    expect(memo.remaining('a')).toBe(3);
    clock.advance(1);
    expect(memo.remaining('a')).toBe(NOTHING_KNOWN);
  });

  it('restarts its time with each addition, of which the last one counts', () => {
    const { clock, memo } = rig();
    memo.add('a', 3);
    clock.advance(99);
    memo.add('a', 0);
    clock.advance(99);
    expect(memo.remaining('a')).toBe(0);
  });

  it('remembers each sale separately', () => {
    const { clock, memo } = rig();
    memo.add('a', 0);
    clock.advance(60);
    memo.add('b', 0);
    clock.advance(60);
    expect(['a', 'b', 'c'].map((id) => memo.remaining(id))).toEqual([NOTHING_KNOWN, 0, NOTHING_KNOWN]);
  });

  it('remembers that there are fewer by now, until the same time', () => {
    const { clock, memo } = rig();
    memo.lower('a', 1);
    expect(memo.remaining('a')).toBe(NOTHING_KNOWN);
    memo.add('a', 3);
    clock.advance(50);
    memo.lower('a', 4);
    expect(memo.remaining('a')).toBe(3);
    memo.lower('a', 0);
    expect(memo.remaining('a')).toBe(0);
    clock.advance(50);
    expect(memo.remaining('a')).toBe(NOTHING_KNOWN);
  });

  it('forgets a sale that was changed', () => {
    const { memo } = rig();
    memo.add('a', 0);
    memo.forget('a');
    expect(memo.remaining('a')).toBe(NOTHING_KNOWN);
  });
});
