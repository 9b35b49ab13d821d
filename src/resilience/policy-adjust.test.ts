import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { deferred } from '../../test/support/deferred.ts';
import { ENOUGH, fail, OPTIONS, openedPolicy } from '../../test/support/policy-bench.ts';
import { Fault } from '../domain/errors.ts';
import { type BreakerState, createPolicy } from './policy.ts';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe('changed options', () => {
  it('apply to the next calls: slots, time limit and fault messages', async () => {
    const policy = createPolicy('queue', OPTIONS);
    policy.adjust({ ...OPTIONS, concurrency: 1, timeoutMs: 300 });
    const slow = policy.execute(() => new Promise(() => undefined)).catch((error: unknown) => error);
    expect(policy.ready()).toBe(false);
    await expect(policy.execute(async () => 1)).rejects.toMatchObject({
      message: 'queue: 1 calls are already in flight',
    });
    await vi.advanceTimersByTimeAsync(300);
    expect(await slow).toMatchObject({ code: 'timeout', message: 'queue did not answer within 300 ms' });
  });

  it('leave a call in flight the time limit that it started with', async () => {
    const policy = createPolicy('queue', OPTIONS);
    const call = deferred<string>();
    const result = policy.execute(() => call.promise);
    policy.adjust({ ...OPTIONS, timeoutMs: 10 });
    await vi.advanceTimersByTimeAsync(OPTIONS.timeoutMs - 1);
    call.resolve('in time');
    await expect(result).resolves.toBe('in time');
  });

  it('start a new window for a closed breaker', async () => {
    const policy = createPolicy('queue', OPTIONS);
    for (let i = 0; i < ENOUGH - 1; i += 1) await fail(policy);
    policy.adjust({ ...OPTIONS, failureShare: 0.9 });
    for (let i = 0; i < ENOUGH - 1; i += 1) await fail(policy);
    expect(policy.state()).toBe('closed');
    await fail(policy);
    expect(policy.state()).toBe('open');
  });

  it('change nothing if they are equal, not even the window', async () => {
    const policy = createPolicy('queue', OPTIONS);
    for (let i = 0; i < ENOUGH - 1; i += 1) await fail(policy);
    policy.adjust({ ...OPTIONS });
    await fail(policy);
    expect(policy.state()).toBe('open');
  });

  it.each([
    ['sooner', 500],
    ['later', 9000],
  ])('let an open breaker try %s, counted from when it opened', async (_, halfOpenAfterMs) => {
    const policy = await openedPolicy();
    await vi.advanceTimersByTimeAsync(400);
    policy.adjust({ ...OPTIONS, halfOpenAfterMs });
    const call = vi.fn(async () => 'back');
    await expect(policy.execute(call)).rejects.toMatchObject({ code: 'unavailable' });
    await vi.advanceTimersByTimeAsync(halfOpenAfterMs - 401);
    expect([policy.ready(), policy.state()]).toEqual([false, 'open']);
    await vi.advanceTimersByTimeAsync(1);
    expect([policy.ready(), policy.state()]).toEqual([true, 'half-open']);
    expect(call).not.toHaveBeenCalled();
    await expect(policy.execute(call)).resolves.toBe('back');
    expect(policy.state()).toBe('closed');
  });

  it('let another trial call through while one is in flight, and its result decides', async () => {
    const policy = await openedPolicy();
    await vi.advanceTimersByTimeAsync(OPTIONS.halfOpenAfterMs);
    const first = deferred<void>();
    const trial = policy.execute(() => first.promise).catch(() => undefined);
    policy.adjust({ ...OPTIONS, windowMs: 9000 });
    expect([policy.ready(), policy.state()]).toEqual([true, 'half-open']);
    await policy.execute(async () => 'back');
    first.reject(new Fault('unavailable', 'late'));
    await trial;
    expect(policy.state()).toBe('closed');
  });

  it('keep the listeners, which are notified only by the current breaker', async () => {
    const policy = createPolicy('queue', { ...OPTIONS, concurrency: ENOUGH });
    const states: BreakerState[] = [];
    policy.onState((state) => states.push(state));
    const gate = deferred<void>();
    const old = Array.from({ length: ENOUGH }, () => policy.execute(() => gate.promise).catch(() => undefined));
    policy.adjust({ ...OPTIONS, windowMs: 1000 });
    gate.reject(new Fault('unavailable', 'late'));
    await Promise.all(old);
    expect(states).toEqual([]);
    for (let i = 0; i < ENOUGH; i += 1) await fail(policy);
    expect(states).toEqual(['open']);
  });
});
