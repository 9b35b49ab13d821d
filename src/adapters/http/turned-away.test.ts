import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { TurnedAway } from './turned-away.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** To refuse one takes `tookMs` of the clock. */
function rig(tookMs: number) {
  const refused: string[] = [];
  let now = 0;
  const turnedAway = new TurnedAway<string>(
    (one) => {
      refused.push(one);
      now += tookMs;
    },
    () => now,
  );
  return { refused, turnedAway };
}

describe('those who were turned away', () => {
  it('are refused together at the end of the turn', async () => {
    const { refused, turnedAway } = rig(0);
    for (const one of ['a', 'b']) turnedAway.add(one);
    expect(refused).toEqual([]);
    await vi.advanceTimersByTimeAsync(0);
    expect(refused).toEqual(['a', 'b']);
    turnedAway.add('c');
    await vi.advanceTimersByTimeAsync(0);
    expect(refused).toEqual(['a', 'b', 'c']);
  });

  it('wait four times as long as the last refusals took, and no longer', async () => {
    const { refused, turnedAway } = rig(5);
    for (const one of ['a', 'b']) turnedAway.add(one);
    await vi.advanceTimersByTimeAsync(0);
    turnedAway.add('c');
    await vi.advanceTimersByTimeAsync(38);
    expect(refused).toEqual(['a', 'b']);
    await vi.advanceTimersByTimeAsync(2);
    expect(refused).toEqual(['a', 'b', 'c']);
  });

  it('are refused at the end of the turn again when nobody came meanwhile', async () => {
    const { refused, turnedAway } = rig(5);
    turnedAway.add('a');
    await vi.advanceTimersByTimeAsync(100);
    turnedAway.add('b');
    await vi.advanceTimersByTimeAsync(0);
    expect(refused).toEqual(['a', 'b']);
  });
});
