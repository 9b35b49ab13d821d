import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Deferred, deferred } from '../../test/support/deferred.ts';
import { Fault, type FaultCode } from '../domain/errors.ts';
import { type BreakerState, createPolicy, type Policy, type PolicyOptions } from './policy.ts';

const OPTIONS: PolicyOptions = {
  concurrency: 2,
  timeoutMs: 1000,
  failureShare: 0.5,
  windowMs: 5000,
  minimumRps: 1,
  halfOpenAfterMs: 2000,
};

/** Five seconds at one call a second: fewer say nothing. */
const ENOUGH = 5;

const fail = (policy: Policy, code: FaultCode = 'unavailable') =>
  policy.execute(() => Promise.reject(new Fault(code, 'made up'))).catch(() => undefined);
const succeed = (policy: Policy) => policy.execute(() => Promise.resolve());

async function openedPolicy(options: Partial<PolicyOptions> = {}): Promise<Policy> {
  const policy = createPolicy('log', { ...OPTIONS, ...options });
  for (let i = 0; i < ENOUGH; i += 1) await fail(policy);
  expect(policy.state()).toBe('open');
  return policy;
}

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe('the bulkhead', () => {
  it('refuses one call more than its bound with Fault full, untried, and takes one again when one is done', async () => {
    const policy = createPolicy('queue', OPTIONS);
    const calls = [deferred<number>(), deferred<number>()];
    const results = calls.map(({ promise }) => policy.execute(() => promise));
    const third = vi.fn(async () => 3);

    expect(policy.ready()).toBe(false);
    await expect(policy.execute(third)).rejects.toMatchObject({
      name: 'Fault',
      code: 'full',
      retryable: true,
      message: 'queue: 2 calls are under way already',
    });
    expect(third).not.toHaveBeenCalled();

    calls[0]?.resolve(1);
    await expect(results[0]).resolves.toBe(1);
    expect(policy.ready()).toBe(true);
    await expect(policy.execute(third)).resolves.toBe(3);

    calls[1]?.resolve(2);
    await expect(results[1]).resolves.toBe(2);
  });

  it('frees its slots whatever the calls come to', async () => {
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
        unavailable: () => gate.promise.then(() => Promise.reject(new Fault('unavailable', 'away'))),
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
          // The breaker may be open by now: let it try again, and close.
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
  it('gives a call up with Fault timeout, at its limit and not before', async () => {
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
    // Nobody listens any more: the late rejection must not become an unhandled one (vitest fails on those).
    call.reject(new Fault('unavailable', 'late'));
  });

  it('leaves no timer behind a call that was in time', async () => {
    const policy = createPolicy('queue', OPTIONS);
    await succeed(policy);
    await fail(policy);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('the breaker', () => {
  it('stays closed under its failure share and opens over it', async () => {
    const policy = createPolicy('queue', OPTIONS);
    for (let i = 0; i < 10; i += 1) {
      await succeed(policy);
      await fail(policy);
    }
    expect(policy.state()).toBe('closed');
    await fail(policy);
    expect(policy.state()).toBe('open');
  });

  it('does not judge by fewer calls than say something', async () => {
    const policy = createPolicy('queue', OPTIONS);
    for (let i = 0; i < ENOUGH - 1; i += 1) await fail(policy);
    expect(policy.state()).toBe('closed');
  });

  it('refuses while it is open, untried, with Fault unavailable', async () => {
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

  it('says that it would try again once its time is over, although nobody has called', async () => {
    const policy = await openedPolicy();
    await vi.advanceTimersByTimeAsync(OPTIONS.halfOpenAfterMs - 1);
    expect([policy.ready(), policy.state()]).toEqual([false, 'open']);
    await vi.advanceTimersByTimeAsync(1);
    // Who asks before calling would otherwise never call again, and the breaker never close.
    expect([policy.ready(), policy.state()]).toEqual([true, 'half-open']);
  });

  it('lets one call try and closes when it succeeds', async () => {
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

  it('opens again for its whole time when the call that tried fails, and refuses what waited for it', async () => {
    const policy = await openedPolicy();
    await vi.advanceTimersByTimeAsync(OPTIONS.halfOpenAfterMs);
    const first = deferred<void>();
    const trial = policy.execute(() => first.promise);
    const second = vi.fn(async () => undefined);
    const parked = policy.execute(second);
    first.reject(new Fault('unavailable', 'still away'));
    await expect(trial).rejects.toMatchObject({ message: 'still away' });
    await expect(parked).rejects.toMatchObject({ code: 'unavailable' });
    expect(second).not.toHaveBeenCalled();
    expect([policy.state(), policy.ready()]).toEqual(['open', false]);
    await vi.advanceTimersByTimeAsync(OPTIONS.halfOpenAfterMs - 1);
    expect(policy.ready()).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(policy.ready()).toBe(true);
  });

  it('tells its listeners each new state until they leave', async () => {
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

describe('what a call throws', () => {
  it.each([
    ['a fault as it is', new Fault('fenced', 'gone')],
    ['any other error as it is', new TypeError('bug')],
  ])('passes %s', async (_, error) => {
    await expect(createPolicy('queue', OPTIONS).execute(() => Promise.reject(error))).rejects.toBe(error);
  });

  it('makes an error of what is none', async () => {
    const thrown: unknown = 'just text';
    const result = createPolicy('queue', OPTIONS).execute(() => Promise.reject(thrown));
    await expect(result).rejects.toEqual(new Error('just text'));
  });
});
