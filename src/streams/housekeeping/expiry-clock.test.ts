import { describe, expect, it } from 'vitest';
import { type ClockJump, createExpiryClock } from './expiry-clock.ts';

const HOUR = 3_600_000;
const MINUTE = 60_000;

function rig() {
  let [wall, monotonic] = [Date.UTC(2030, 0, 1), 1000];
  const jumps: ClockJump[] = [];
  const expiryNow = createExpiryClock({
    clock: { now: () => wall, monotonic: () => monotonic },
    onJump: (jump) => jumps.push(jump),
  });
  return {
    jumps,
    /** How far the expiry clock is from the wall clock. */
    offset: () => expiryNow() - wall,
    pass: (ms: number) => {
      wall += ms;
      monotonic += ms;
    },
    set: (ms: number) => {
      wall += ms;
    },
  };
}

describe('the time by which orders expire', () => {
  it('is the wall clock, whose small corrections it follows', () => {
    const { offset, pass, set, jumps } = rig();
    for (const step of [1000, -2900, 3000, 0]) {
      pass(250);
      set(step);
      expect(offset()).toBe(0);
    }
    expect(jumps).toEqual([]);
  });

  it.each([3001, 10_000, HOUR, 400 * 24 * HOUR])('does not follow a jump ahead of %d ms, and goes on', (jumpMs) => {
    const { offset, pass, set, jumps } = rig();
    pass(MINUTE);
    offset();
    set(jumpMs);
    expect(offset()).toBe(-jumpMs);
    pass(10 * MINUTE);
    expect(offset()).toBe(-jumpMs);
    expect(jumps).toEqual([{ jumpMs, now: 'held' }]);
    set(-jumpMs);
    expect(offset()).toBe(0);
    expect(jumps.slice(1)).toEqual([{ jumpMs: 0, now: 'ended' }]);
  });

  it('never runs ahead of a wall clock that was set back, nor follows it when it returns beyond', () => {
    const { offset, pass, set, jumps } = rig();
    set(-HOUR);
    expect(offset()).toBe(0);
    pass(MINUTE);
    set(2 * HOUR);
    expect(offset()).toBe(-HOUR);
    expect(jumps).toEqual([{ jumpMs: -HOUR, now: 'held' }]);
  });

  it('trusts a clock that has stayed where it jumped to', () => {
    const { offset, pass, set, jumps } = rig();
    set(HOUR);
    offset();
    pass(15 * MINUTE - 1);
    expect(offset()).toBe(-HOUR);
    pass(1);
    expect(offset()).toBe(0);
    expect(jumps.map(({ now }) => now)).toEqual(['held', 'trusted']);
    set(HOUR);
    expect(offset()).toBe(-HOUR);
  });
});
