import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { MemoryLeases } from '../../../test/support/fakes/memory-leases.ts';
import { systemRuntime } from '../../../test/support/system-runtime.ts';
import { Fault } from '../../domain/errors.ts';
import { SCHEDULER_LEASE } from '../scheduler-lease.ts';
import { type LeaderLook, watchLeader } from './leader-watch.ts';

const { name, ttlMs } = SCHEDULER_LEASE;

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

function rig() {
  let ahead = 0;
  let isDown = false;
  const leases = new MemoryLeases(() => performance.now() + ahead);
  const looks: LeaderLook[] = [];
  const watch = watchLeader({
    leases: {
      held: (prefix, ttl) => (isDown ? Promise.reject(new Fault('unavailable', 'down')) : leases.held(prefix, ttl)),
    },
    clock: { monotonic: () => performance.now() },
    scheduler: systemRuntime.timers.scheduler,
    onLook: (look) => looks.push(look),
  });
  return {
    watch,
    changes: () => looks.filter(({ changed }) => changed).map(({ missing }) => missing),
    pass: (ms: number) => vi.advanceTimersByTimeAsync(ms),
    lead: async (ms: number) => {
      for (let at = 0; at < ms; at += 1000) {
        await leases.acquire(name, 'ann', ttlMs);
        await vi.advanceTimersByTimeAsync(1000);
      }
    },
    acquireAhead: async (ms: number) => {
      ahead = ms;
      await leases.acquire(name, 'bob', ttlMs);
      ahead = 0;
    },
    goDown: () => {
      isDown = true;
    },
  };
}

describe('a missing leader', () => {
  it('is reported once, and once that there is one again', async () => {
    const { watch, changes, pass, lead } = rig();
    await lead(60_000);
    expect([watch.detail(), changes()]).toEqual([undefined, []]);
    await pass(20_000);
    expect(watch.detail()).toBeUndefined();
    await pass(20_000);
    expect(watch.detail()).toMatch(/no process has led the scheduler for \d\d s/);
    expect(changes()).toEqual([true]);
    await lead(6000);
    expect(watch.detail()).toBeUndefined();
    expect(changes()).toEqual([true, false]);
  });

  it('is one whose lease is void, because its clock was ahead', async () => {
    const { acquireAhead, watch, pass } = rig();
    await acquireAhead(60 * 60_000);
    await pass(30_000);
    expect(watch.detail()).toBeDefined();
  });

  it('is not concluded from a lease store that is unavailable', async () => {
    const { watch, goDown, pass, lead, changes } = rig();
    await lead(10_000);
    goDown();
    await pass(60_000);
    expect([watch.detail(), changes()]).toEqual([undefined, []]);
  });

  it('is not looked for after the stop', async () => {
    const { watch, pass, changes } = rig();
    watch.stop();
    await pass(60_000);
    expect(changes()).toEqual([]);
  });
});
