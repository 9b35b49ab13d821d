import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../test/support/fakes/manual-clock.ts';
import { SoldOutMemo } from './sold-out-memo.ts';

function rig() {
  const clock = new ManualClock();
  return { clock, memo: new SoldOutMemo(clock, 100) };
}

describe('SoldOutMemo', () => {
  it('does not contain a sale that was not added', () => {
    expect(rig().memo.has('a')).toBe(false);
  });

  it('remembers a sale for its time, and not a millisecond longer', () => {
    const { clock, memo } = rig();
    memo.add('a');
    clock.advance(99);
    expect(memo.has('a')).toBe(true);
    clock.advance(1);
    expect(memo.has('a')).toBe(false);
  });

  it('restarts its time with each addition', () => {
    const { clock, memo } = rig();
    memo.add('a');
    clock.advance(99);
    memo.add('a');
    clock.advance(99);
    expect(memo.has('a')).toBe(true);
  });

  it('remembers each sale separately', () => {
    const { clock, memo } = rig();
    memo.add('a');
    clock.advance(60);
    memo.add('b');
    clock.advance(60);
    expect([memo.has('a'), memo.has('b'), memo.has('c')]).toEqual([false, true, false]);
  });
});
