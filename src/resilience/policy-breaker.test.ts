import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { deferred } from '../../test/support/deferred.ts';
import { ENOUGH, fail, OPTIONS, openedPolicy, succeed } from '../../test/support/policy-bench.ts';
import { Fault, type FaultCode } from '../domain/errors.ts';
import { type BreakerState, createPolicy } from './policy.ts';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe('the breaker', () => {
  it('stays closed below its failure share and opens above it', async () => {
    const policy = createPolicy('queue', OPTIONS);
    for (let i = 0; i < 10; i += 1) {
      await succeed(policy);
      await fail(policy);
    }
    expect(policy.state()).toBe('closed');
    await fail(policy);
    expect(policy.state()).toBe('open');
  });

  it('does not open on too few calls', async () => {
    const policy = createPolicy('queue', OPTIONS);
    for (let i = 0; i < ENOUGH - 1; i += 1) await fail(policy);
    expect(policy.state()).toBe('closed');
  });

  it('rejects without calling while it is open, with Fault unavailable', async () => {
    const policy = await openedPolicy();
    const call = vi.fn(async () => 1);
    expect(policy.ready()).toBe(false);
    await expect(policy.execute(call)).rejects.toMatchObject({
      code: 'unavailable',
      message: 'log failed too often; its breaker is open',
    });
    expect(call).not.toHaveBeenCalled();
  });

  it('counts a call that timed out as failed', async () => {
    const policy = createPolicy('queue', OPTIONS);
    for (let i = 0; i < ENOUGH; i += 1) {
      const failing = policy.execute(() => new Promise(() => undefined)).catch(() => undefined);
      await vi.advanceTimersByTimeAsync(OPTIONS.timeoutMs);
      await failing;
    }
    expect(policy.state()).toBe('open');
  });

  it.each<FaultCode>(['unavailable', 'timeout'])('counts Fault %s as a failure of the dependency', async (code) => {
    const policy = createPolicy('queue', OPTIONS);
    for (let i = 0; i < ENOUGH; i += 1) await fail(policy, code);
    expect(policy.state()).toBe('open');
  });

  it.each<FaultCode>(['full', 'corrupt', 'fenced', 'config'])(
    'counts Fault %s as no failure of the dependency',
    async (code) => {
      const policy = createPolicy('queue', OPTIONS);
      for (let i = 0; i < ENOUGH * 2; i += 1) await fail(policy, code);
      expect(policy.state()).toBe('closed');
    },
  );

  it('reports half-open once its time is over, although no call was made', async () => {
    const policy = await openedPolicy();
    await vi.advanceTimersByTimeAsync(OPTIONS.halfOpenAfterMs - 1);
    expect([policy.ready(), policy.state()]).toEqual([false, 'open']);
    await vi.advanceTimersByTimeAsync(1);
    // A caller that checks before it calls would otherwise never call again, and the breaker never close.
    expect([policy.ready(), policy.state()]).toEqual([true, 'half-open']);
  });

  it('lets one trial call through and closes when it succeeds', async () => {
    const policy = await openedPolicy({ concurrency: 3 });
    await vi.advanceTimersByTimeAsync(OPTIONS.halfOpenAfterMs);
    const first = deferred<string>();
    const trial = policy.execute(() => first.promise);
    const second = vi.fn(async () => 'second');
    const parked = policy.execute(second);

    expect(policy.state()).toBe('half-open');
    expect(policy.ready()).toBe(false);
    await vi.advanceTimersByTimeAsync(0);
    expect(second).not.toHaveBeenCalled();

    first.resolve('first');
    await expect(trial).resolves.toBe('first');
    await expect(parked).resolves.toBe('second');
    expect([policy.state(), policy.ready()]).toEqual(['closed', true]);
  });

  it('opens again for its whole time when the trial call fails, and rejects the calls that waited for it', async () => {
    const policy = await openedPolicy();
    await vi.advanceTimersByTimeAsync(OPTIONS.halfOpenAfterMs);
    const first = deferred<void>();
    const trial = policy.execute(() => first.promise);
    const second = vi.fn(async () => undefined);
    const parked = policy.execute(second);
    first.reject(new Fault('unavailable', 'still unavailable'));
    await expect(trial).rejects.toMatchObject({ message: 'still unavailable' });
    await expect(parked).rejects.toMatchObject({ code: 'unavailable' });
    expect(second).not.toHaveBeenCalled();
    expect([policy.state(), policy.ready()]).toEqual(['open', false]);
    await vi.advanceTimersByTimeAsync(OPTIONS.halfOpenAfterMs - 1);
    expect(policy.ready()).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(policy.ready()).toBe(true);
  });

  it('notifies its listeners of each new state until they are removed', async () => {
    const policy = createPolicy('queue', OPTIONS);
    const states: BreakerState[] = [];
    const leave = policy.onState((state) => states.push(state));
    for (let i = 0; i < ENOUGH; i += 1) await fail(policy);
    await vi.advanceTimersByTimeAsync(OPTIONS.halfOpenAfterMs);
    await succeed(policy);
    expect(states).toEqual(['open', 'half-open', 'closed']);
    leave();
    for (let i = 0; i < ENOUGH * 2; i += 1) await fail(policy);
    expect(policy.state()).toBe('open');
    expect(states).toHaveLength(3);
  });
});
