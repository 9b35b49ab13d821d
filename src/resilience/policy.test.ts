import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Deferred, deferred } from '../../test/support/deferred.ts';
import { fail, OPTIONS, succeed } from '../../test/support/policy-bench.ts';
import { Fault } from '../domain/errors.ts';
import { createPolicy, type Policy } from './policy.ts';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe('the bulkhead', () => {
  it('rejects a call over its bound with Fault full, uncalled, and accepts one again when one finishes', async () => {
    const policy = createPolicy('queue', OPTIONS);
    const calls = [deferred<number>(), deferred<number>()];
    const results = calls.map(({ promise }) => policy.execute(() => promise));
    const third = vi.fn(async () => 3);

    expect(policy.ready()).toBe(false);
    await expect(policy.execute(third)).rejects.toMatchObject({
      name: 'Fault',
      code: 'full',
      retryable: true,
      message: 'queue: 2 calls are already in flight',
    });
    expect(third).not.toHaveBeenCalled();

    calls[0]?.resolve(1);
    await expect(results[0]).resolves.toBe(1);
    expect(policy.ready()).toBe(true);
    await expect(policy.execute(third)).resolves.toBe(3);

    calls[1]?.resolve(2);
    await expect(results[1]).resolves.toBe(2);
  });

  it('frees its slots whatever the calls result in', async () => {
    const endings = [
      'value',
      'unavailable',
      'full',
      'corrupt',
      'plain error',
      'never',
      'throws',
      'late error',
    ] as const;
    const run = async (policy: Policy, ending: (typeof endings)[number], gate: Deferred<void>) => {
      const never = deferred<void>();
      const works: Record<(typeof endings)[number], () => Promise<void>> = {
        value: () => gate.promise,
        unavailable: () => gate.promise.then(() => Promise.reject(new Fault('unavailable', 'unreachable'))),
        full: () => gate.promise.then(() => Promise.reject(new Fault('full', 'full'))),
        corrupt: () => gate.promise.then(() => Promise.reject(new Fault('corrupt', 'bits'))),
        'plain error': () => gate.promise.then(() => Promise.reject(new Error('bug'))),
        never: () => never.promise,
        throws: () => {
          throw new Error('synchronous');
        },
        'late error': () => {
          reject = () => never.reject(new Fault('unavailable', 'late'));
          return never.promise;
        },
      };
      let reject: () => void = () => undefined;
      await policy.execute(works[ending]).catch(() => undefined);
      reject();
    };
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ ending: fc.constantFrom(...endings), together: fc.boolean() }), { maxLength: 30 }),
        async (calls) => {
          const policy = createPolicy('queue', { ...OPTIONS, concurrency: 3 });
          let running: Promise<void>[] = [];
          let gate = deferred();
          const settle = async () => {
            gate.resolve();
            await vi.advanceTimersByTimeAsync(OPTIONS.timeoutMs);
            await Promise.all(running);
            running = [];
            gate = deferred();
          };
          for (const { ending, together } of calls) {
            running.push(run(policy, ending, gate));
            if (!together) await settle();
          }
          await settle();
          // The breaker may be open by now: let a trial call through, so that it closes.
          await vi.advanceTimersByTimeAsync(OPTIONS.halfOpenAfterMs);
          await succeed(policy);

          const held = [deferred(), deferred(), deferred()];
          const results = held.map(({ promise }) => policy.execute(() => promise));
          await expect(policy.execute(async () => undefined)).rejects.toMatchObject({ code: 'full' });
          for (const { resolve } of held) resolve();
          await Promise.all(results);
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe('the time limit', () => {
  it('abandons a call with Fault timeout, at its limit and not before', async () => {
    const policy = createPolicy('queue', OPTIONS);
    const call = deferred<void>();
    const outcome = vi.fn();
    policy.execute(() => call.promise).catch(outcome);
    await vi.advanceTimersByTimeAsync(OPTIONS.timeoutMs - 1);
    expect(outcome).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(outcome).toHaveBeenCalledWith(
      expect.objectContaining({ code: 'timeout', retryable: true, message: 'queue did not answer within 1000 ms' }),
    );
    expect(policy.ready()).toBe(true);
    // The late rejection must not become an unhandled one (vitest fails on those).
    call.reject(new Fault('unavailable', 'late'));
  });

  it('leaves no timer behind after a call in time', async () => {
    const policy = createPolicy('queue', OPTIONS);
    await succeed(policy);
    await fail(policy);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('what a call throws', () => {
  it.each([
    ['a fault as it is', new Fault('fenced', 'fenced')],
    ['any other error as it is', new TypeError('bug')],
  ])('passes %s', async (_, error) => {
    await expect(createPolicy('queue', OPTIONS).execute(() => Promise.reject(error))).rejects.toBe(error);
  });

  it('wraps a thrown value that is not an Error', async () => {
    const thrown: unknown = 'just text';
    const result = createPolicy('queue', OPTIONS).execute(() => Promise.reject(thrown));
    await expect(result).rejects.toEqual(new Error('just text'));
  });
});
