import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RefusalThrottle } from './refusal-throttle.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Each refusal takes `tookMs` of the clock. */
function rig(tookMs: number) {
  const refused: string[] = [];
  let now = 0;
  const throttle = new RefusalThrottle<string>(
    (request) => {
      refused.push(request);
      now += tookMs;
    },
    () => now,
  );
  return { refused, throttle };
}

describe('RefusalThrottle', () => {
  it('refuses together at the end of the turn', async () => {
    const { refused, throttle } = rig(0);
    for (const request of ['a', 'b']) throttle.add(request);
    expect(refused).toEqual([]);
    await vi.advanceTimersByTimeAsync(0);
    expect(refused).toEqual(['a', 'b']);
    throttle.add('c');
    await vi.advanceTimersByTimeAsync(0);
    expect(refused).toEqual(['a', 'b', 'c']);
  });

  it('waits four times as long as the last refusals took, and no longer', async () => {
    const { refused, throttle } = rig(5);
    for (const request of ['a', 'b']) throttle.add(request);
    await vi.advanceTimersByTimeAsync(0);
    throttle.add('c');
    await vi.advanceTimersByTimeAsync(38);
    expect(refused).toEqual(['a', 'b']);
    await vi.advanceTimersByTimeAsync(2);
    expect(refused).toEqual(['a', 'b', 'c']);
  });

  it('refuses at the end of the turn again when no request was added meanwhile', async () => {
    const { refused, throttle } = rig(5);
    throttle.add('a');
    await vi.advanceTimersByTimeAsync(100);
    throttle.add('b');
    await vi.advanceTimersByTimeAsync(0);
    expect(refused).toEqual(['a', 'b']);
  });
});
