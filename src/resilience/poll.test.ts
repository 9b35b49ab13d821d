import { describe, expect, it } from 'vitest';
import { poll } from './poll.ts';

function reader(values: readonly number[]) {
  let now = 0;
  let reads = 0;
  return {
    clock: { monotonic: () => now },
    read: async () => values[Math.min(reads++, values.length - 1)] as number,
    wait: async (ms: number) => {
      now += ms;
    },
    reads: () => reads,
    now: () => now,
  };
}

describe('poll', () => {
  it('reads until a value matches', async () => {
    const rig = reader([1, 2, 3]);
    expect(await poll(rig.read, { ...rig, until: (value) => value === 3, everyMs: 10 })).toBe(3);
    expect([rig.reads(), rig.now()]).toEqual([3, 20]);
  });

  it('returns the last value when its time is over', async () => {
    const rig = reader([1]);
    expect(await poll(rig.read, { ...rig, until: () => false, everyMs: 10, forMs: 25 })).toBe(1);
    expect(rig.now()).toBe(30);
  });

  it('rejects with the error of a read', async () => {
    const rig = reader([1]);
    const read = async () => Promise.reject(new Error('broken'));
    await expect(poll(read, { ...rig, until: () => true, everyMs: 10 })).rejects.toThrow('broken');
  });

  it('rejects with the reason of its signal', async () => {
    const rig = reader([1]);
    const controller = new AbortController();
    const wait = async () => controller.abort(new Error('no longer wanted'));
    const polling = poll(rig.read, { ...rig, wait, until: () => false, everyMs: 10, signal: controller.signal });
    await expect(polling).rejects.toThrow('no longer wanted');
  });
});
