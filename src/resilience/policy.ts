import { setMaxListeners } from 'node:events';
import { BrokenCircuitError, BulkheadRejectedError, TaskCancelledError } from 'cockatiel';
import { Fault, messageOf } from '../domain/errors.ts';
import { type BreakerState, createGuard, type PolicyOptions } from './guard.ts';

export type { BreakerState, PolicyOptions } from './guard.ts';

/** Guards one dependency: bulkhead around breaker around time limit. Run once a batch, not once a request. */
export interface Policy {
  readonly name: string;
  /** Errors: Fault `full` (bulkhead), `unavailable` (breaker open), `timeout`, or what `call` threw. */
  execute<T>(call: () => Promise<T>): Promise<T>;
  /** Whether a call would be tried now; not while another one tries for all. */
  readonly ready: () => boolean;
  /** Half-open: the next call, or one that is under way, tries whether the dependency is back. */
  readonly state: () => BreakerState;
  /** Called with each new state of the breaker; returns what ends it. */
  readonly onState: (listener: (state: BreakerState) => void) => () => void;
}

/** A policy whose thresholds may change while it is in use. */
export interface AdjustablePolicy extends Policy {
  /**
   * Other options from the next call on. Calls under way end by those that they began with. An open breaker stays open, for
   * its new time counted from when it opened; a closed one begins a new window.
   */
  readonly adjust: (options: PolicyOptions) => void;
}

export function createPolicy(name: string, options: PolicyOptions): AdjustablePolicy {
  // Cockatiel listens on the caller's signal for each call under way, and Node warns from the eleventh on.
  const never = new AbortController().signal;
  setMaxListeners(0, never);
  const listeners = new Set<(state: BreakerState) => void>();
  const tell = (state: BreakerState) => {
    for (const listener of listeners) listener(state);
  };
  let guard = createGuard(options, tell);

  return {
    name,
    execute: async (call) => {
      const { policy, options: current } = guard;
      try {
        return await policy.execute(call, never);
      } catch (error) {
        throw faultOf(name, current, error);
      }
    },
    ready: () => guard.ready(),
    state: () => guard.state(),
    onState: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    adjust: (next) => {
      if (!differ(guard.options, next)) return;
      guard = createGuard(next, tell, guard.leave());
    },
  };
}

function differ(one: PolicyOptions, other: PolicyOptions): boolean {
  return (Object.keys(one) as (keyof PolicyOptions)[]).some((name) => one[name] !== other[name]);
}

function faultOf(name: string, { concurrency, timeoutMs }: PolicyOptions, error: unknown): Error {
  if (error instanceof Fault) return error;
  if (error instanceof BulkheadRejectedError) {
    return new Fault('full', `${name}: ${concurrency} calls are under way already`, { cause: error });
  }
  if (error instanceof TaskCancelledError) {
    return new Fault('timeout', `${name} did not answer within ${timeoutMs} ms`, { cause: error });
  }
  if (error instanceof BrokenCircuitError) {
    return new Fault('unavailable', `${name} failed too often; its breaker is open`, { cause: error });
  }
  return error instanceof Error ? error : new Error(messageOf(error));
}
