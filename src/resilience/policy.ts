import { setMaxListeners } from 'node:events';
import { BrokenCircuitError, BulkheadRejectedError } from 'cockatiel';
import { Fault, messageOf } from '../domain/errors.ts';
import type { Timers } from '../ports/timers.ts';
import { type BreakerState, createCircuit, type PolicyOptions } from './circuit.ts';
import { withTimeLimit } from './time-limit.ts';

export type { BreakerState, PolicyOptions } from './circuit.ts';

/**
 * Protects one dependency: bulkhead around breaker around time limit. Executed once per batch, not once per request.
 */
export interface Policy {
  readonly name: string;
  /** Errors: Fault `full` (bulkhead), `unavailable` (breaker open), `timeout`, or what `call` threw. */
  execute<T>(call: () => Promise<T>): Promise<T>;
  /** Whether a call would be attempted now; false while the half-open breaker's trial call is in flight. */
  readonly ready: () => boolean;
  /** Half-open: the next call, or one in flight, tests whether the dependency has recovered. */
  readonly state: () => BreakerState;
  /** Registers a listener for each new state of the breaker; returns a function that removes it. */
  readonly onState: (listener: (state: BreakerState) => void) => () => void;
}

/** A policy whose options may change while it is in use. */
export interface AdjustablePolicy extends Policy {
  /**
   * Applies other options from the next call on; calls in flight keep the options that they started with. An open
   * breaker stays open, for the new duration counted from when it opened; a closed one starts a new window.
   */
  readonly adjust: (options: PolicyOptions) => void;
}

/** @param after the time limit's timers; those of the event loop by default */
export function createPolicy(name: string, options: PolicyOptions, after?: Timers['after']): AdjustablePolicy {
  // Cockatiel adds a listener to the caller's signal for each call in flight, and Node warns from the eleventh on.
  const never = new AbortController().signal;
  setMaxListeners(0, never);
  const listeners = new Set<(state: BreakerState) => void>();
  const notify = (state: BreakerState) => {
    for (const listener of listeners) listener(state);
  };
  let circuit = createCircuit(options, notify);

  return {
    name,
    execute: async (call) => {
      const { policy, options: current } = circuit;
      const limit = {
        ms: current.timeoutMs,
        onLate: () => {
          throw new Fault('timeout', `${name} did not answer within ${current.timeoutMs} ms`);
        },
        ...(after === undefined ? {} : { after }),
      };
      try {
        return await policy.execute(() => withTimeLimit(call(), limit), never);
      } catch (error) {
        throw faultOf(name, current, error);
      }
    },
    ready: () => circuit.ready(),
    state: () => circuit.state(),
    onState: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    adjust: (next) => {
      if (!differ(circuit.options, next)) return;
      circuit = createCircuit(next, notify, circuit.retire());
    },
  };
}

function differ(one: PolicyOptions, other: PolicyOptions): boolean {
  return (Object.keys(one) as (keyof PolicyOptions)[]).some((name) => one[name] !== other[name]);
}

function faultOf(name: string, { concurrency }: PolicyOptions, error: unknown): Error {
  if (error instanceof Fault) return error;
  if (error instanceof BulkheadRejectedError) {
    return new Fault('full', `${name}: ${concurrency} calls are already in flight`, { cause: error });
  }
  if (error instanceof BrokenCircuitError) {
    return new Fault('unavailable', `${name} failed too often; its breaker is open`, { cause: error });
  }
  return error instanceof Error ? error : new Error(messageOf(error));
}
