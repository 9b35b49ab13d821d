import { Fault, isFault } from '../../../src/domain/errors.ts';
import type { BreakerState, Policy, PolicyOptions } from '../../../src/resilience/policy.ts';
import type { Process } from '../core/process.ts';

/**
 * The rules of a policy (bulkhead around breaker around time limit) in the process's time: the real one's clock and timers
 * are Cockatiel's own.
 */
export function createSimulatedPolicy(process: Process, name: string, options: PolicyOptions): Policy {
  const { clock } = process;
  let underWay = 0;
  let openUntil = Number.NEGATIVE_INFINITY;
  let state: BreakerState = 'closed';
  let calls: { readonly at: number; readonly failed: boolean }[] = [];

  const mayTry = () => state === 'open' && clock.monotonic() >= openUntil;

  const record = (failed: boolean) => {
    const now = clock.monotonic();
    if (state !== 'closed') {
      state = failed ? 'open' : 'closed';
      openUntil = now + options.halfOpenAfterMs;
      calls = [];
      return;
    }
    calls = [...calls.filter(({ at }) => at > now - options.windowMs), { at: now, failed }];
    const failures = calls.filter((call) => call.failed).length;
    const isBusy = calls.length >= (options.minimumRps * options.windowMs) / 1000;
    if (isBusy && failures / calls.length >= options.failureShare) {
      state = 'open';
      openUntil = now + options.halfOpenAfterMs;
    }
  };

  const limited = <T>(call: () => Promise<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      const cancel = process.after(options.timeoutMs, () => reject(new Fault('timeout', `${name} took too long`)));
      call().then(resolve, reject).finally(cancel);
    });

  return {
    name,
    execute: async (call) => {
      if (underWay >= options.concurrency) throw new Fault('full', `${name}: too many calls are under way`);
      if (state === 'half-open' || (state === 'open' && !mayTry())) throw new Fault('unavailable', `${name} is open`);
      if (state === 'open') state = 'half-open';
      underWay += 1;
      try {
        const value = await limited(call);
        record(false);
        return value;
      } catch (error) {
        record(isFault(error, 'unavailable') || isFault(error, 'timeout'));
        throw error;
      } finally {
        underWay -= 1;
      }
    },
    ready: () => underWay < options.concurrency && (state === 'closed' || mayTry()),
    state: () => (mayTry() ? 'half-open' : state),
    onState: () => () => {},
  };
}
