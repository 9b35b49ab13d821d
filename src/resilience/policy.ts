import { setMaxListeners } from 'node:events';
import {
  BrokenCircuitError,
  BulkheadRejectedError,
  bulkhead,
  CircuitState,
  circuitBreaker,
  handleWhen,
  SamplingBreaker,
  TaskCancelledError,
  TimeoutStrategy,
  timeout,
  wrap,
} from 'cockatiel';
import { Fault, isFault, messageOf } from '../domain/errors.ts';

export interface PolicyOptions {
  /** Calls under way at the most; one more is refused at once, since a queue of its own would hide the overload. */
  readonly concurrency: number;
  /** A call that takes longer counts as failed, and what it did is unknown. */
  readonly timeoutMs: number;
  /** Share of failed calls, 0 to 1, over the window that opens the breaker. */
  readonly failureShare: number;
  readonly windowMs: number;
  /** Calls a second below which the breaker stays closed: three failures in a quiet night are no outage. */
  readonly minimumRps: number;
  /** How long the breaker stays open before it lets one call try. */
  readonly halfOpenAfterMs: number;
}

export type BreakerState = 'closed' | 'open' | 'half-open';

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

const STATES: Readonly<Record<CircuitState, BreakerState>> = {
  [CircuitState.Closed]: 'closed',
  [CircuitState.Open]: 'open',
  [CircuitState.HalfOpen]: 'half-open',
  [CircuitState.Isolated]: 'open',
};

export function createPolicy(name: string, options: PolicyOptions): Policy {
  // Only what says something about the dependency's health counts; a full queue of our own or a bad record doesn't.
  const unhealthy = handleWhen(
    (error) => error instanceof TaskCancelledError || isFault(error, 'unavailable') || isFault(error, 'timeout'),
  );
  // Cockatiel listens on the caller's signal for each call under way, and Node warns from the eleventh on.
  const never = new AbortController().signal;
  setMaxListeners(0, never);
  const breaker = circuitBreaker(unhealthy, {
    halfOpenAfter: options.halfOpenAfterMs,
    breaker: new SamplingBreaker({
      threshold: options.failureShare,
      duration: options.windowMs,
      minimumRps: options.minimumRps,
    }),
  });
  // Cockatiel leaves the open state with the next call only. Who asks `ready` before calling, as the purchase does, would
  // never make that call, and a process out of rotation while its breaker is open gets none.
  let retryAt = 0;
  breaker.onBreak(() => {
    retryAt = Date.now() + options.halfOpenAfterMs;
  });
  const mayTry = () => breaker.state === CircuitState.Open && Date.now() >= retryAt;

  const slots = bulkhead(options.concurrency);
  const policy = wrap(
    slots,
    breaker,
    timeout(options.timeoutMs, { strategy: TimeoutStrategy.Aggressive, abortOnReturn: false }),
  );

  return {
    name,
    execute: async (call) => {
      try {
        return await policy.execute(call, never);
      } catch (error) {
        throw faultOf(name, options, error);
      }
    },
    ready: () => slots.executionSlots > 0 && (breaker.state === CircuitState.Closed || mayTry()),
    state: () => (mayTry() ? 'half-open' : STATES[breaker.state]),
    onState: (listener) => {
      const subscription = breaker.onStateChange((state) => listener(STATES[state]));
      return () => subscription.dispose();
    },
  };
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
