import { describe, expect, it } from 'vitest';
import { promotedMb } from '../../test/support/heap-promotion.ts';
import { InFlightCalls } from './in-flight-calls.ts';

describe('InFlightCalls', () => {
  it('returns each call under its number, once', () => {
    const calls = new InFlightCalls<string>();
    const [first, second] = [calls.add('first'), calls.add('second')];
    expect(calls.size).toBe(2);
    expect(calls.take(second)).toBe('second');
    expect(calls.take(second)).toBeUndefined();
    expect(calls.take(first)).toBe('first');
    expect(calls.take(7)).toBeUndefined();
  });

  it('reuses numbers only after their calls were taken, and no more than are in flight at once', () => {
    const calls = new InFlightCalls<number>();
    const waiting = new Map<number, number>();
    for (let call = 0; call < 1_000; call += 1) {
      const number = calls.add(call);
      expect(waiting.has(number)).toBe(false);
      expect(number).toBeLessThan(8);
      waiting.set(number, call);
      if (waiting.size < 8) continue;
      // Neither the oldest nor the youngest, as replies arrive in any order.
      const [answered, its] = [...waiting][(call * 5) % 8] as [number, number];
      expect(calls.take(answered)).toBe(its);
      waiting.delete(answered);
    }
  });

  it('takes all calls in flight, and keeps none', () => {
    const calls = new InFlightCalls<string>();
    calls.add('a');
    const answered = calls.add('b');
    calls.add('c');
    calls.take(answered);
    expect(calls.takeAll()).toEqual(['a', 'c']);
    expect(calls.takeAll()).toEqual([]);
    expect(calls.size).toBe(0);
    expect(calls.take(0)).toBeUndefined();
  });

  it('does not retain calls that were answered', () => {
    const grownMb = promotedMb(() => {
      const calls = new InFlightCalls<readonly number[]>();
      const numbers = [calls.add([]), calls.add([]), calls.add([])];
      return () => {
        for (let n = 0; n < 500; n += 1) {
          numbers.push(calls.add(new Array(100).fill(n)));
          calls.take(numbers.shift() as number);
        }
      };
    }, 40);
    // 20,000 calls of 0.8 kB: 16 MB.
    expect(grownMb).toBeLessThan(1);
  });
});
