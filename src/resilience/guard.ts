import {
  bulkhead,
  CircuitState,
  circuitBreaker,
  handleWhen,
  type IPolicy,
  SamplingBreaker,
  TaskCancelledError,
  TimeoutStrategy,
  timeout,
  wrap,
} from 'cockatiel';
import { isFault } from '../domain/errors.ts';

export interface PolicyOptions {
  /** Calls under way at the most; one more is refused at once, since a queue of its own would hide the overload. */
  readonly concurrency: number;
  /** A call that takes longer counts as failed, and what it did is unknown. */
  readonly timeoutMs: number;
  /** Share of failed calls, above 0 and below 1, over the window that opens the breaker. */
  readonly failureShare: number;
  readonly windowMs: number;
  /** Calls a second below which the breaker stays closed: three failures in a quiet night are no outage. */
  readonly minimumRps: number;
  /** How long the breaker stays open before it lets one call try. */
  readonly halfOpenAfterMs: number;
}

export type BreakerState = 'closed' | 'open' | 'half-open';

/** When a breaker that is not closed opened; milliseconds since 1970, and 0 when it may try at once. */
interface Opened {
  readonly openedAt: number;
}

/** Cockatiel's policies with options that stay as they are. */
export interface Guard {
  readonly options: PolicyOptions;
  readonly policy: Pick<IPolicy, 'execute'>;
  readonly ready: () => boolean;
  readonly state: () => BreakerState;
  /** Tells of its state no more; returns since when its breaker is open, if it is. */
  readonly leave: () => Opened | undefined;
}

const STATES: Readonly<Record<CircuitState, BreakerState>> = {
  [CircuitState.Closed]: 'closed',
  [CircuitState.Open]: 'open',
  [CircuitState.HalfOpen]: 'half-open',
  [CircuitState.Isolated]: 'open',
};

// Only what says something about the dependency's health counts; a full queue of our own or a bad record doesn't.
const unhealthy = handleWhen(
  (error) => error instanceof TaskCancelledError || isFault(error, 'unavailable') || isFault(error, 'timeout'),
);

/** Bulkhead around breaker around time limit. `opened`: its breaker begins open, as the one before it was. */
export function createGuard(options: PolicyOptions, tell: (state: BreakerState) => void, opened?: Opened): Guard {
  const sampling = new SamplingBreaker({
    threshold: options.failureShare,
    duration: options.windowMs,
    minimumRps: options.minimumRps,
  });
  const breaker = circuitBreaker(unhealthy, {
    halfOpenAfter: options.halfOpenAfterMs,
    breaker: sampling,
    // The shape of what a breaker's own `toJSON` gives.
    ...(opened && {
      initialState: {
        ownState: { value: CircuitState.Open, openedAt: opened.openedAt, attemptNo: 1 },
        breakerState: sampling.state,
      },
    }),
  });
  // Cockatiel leaves the open state with the next call only. Who asks `ready` before calling, as the purchase does, would
  // never make that call, and a process out of rotation while its breaker is open gets none.
  let openedAt = opened?.openedAt ?? 0;
  breaker.onBreak(() => {
    openedAt = Date.now();
  });
  const mayTry = () => breaker.state === CircuitState.Open && Date.now() >= openedAt + options.halfOpenAfterMs;
  const telling = breaker.onStateChange((state) => tell(STATES[state]));

  const slots = bulkhead(options.concurrency);
  const policy = wrap(
    slots,
    breaker,
    timeout(options.timeoutMs, { strategy: TimeoutStrategy.Aggressive, abortOnReturn: false }),
  );

  return {
    options,
    policy,
    ready: () => slots.executionSlots > 0 && (breaker.state === CircuitState.Closed || mayTry()),
    state: () => (mayTry() ? 'half-open' : STATES[breaker.state]),
    leave: () => {
      telling.dispose();
      if (breaker.state === CircuitState.Closed) return undefined;
      // A call that tries right now tries for the old breaker: the new one may let another try.
      return { openedAt: breaker.state === CircuitState.Open ? openedAt : 0 };
    },
  };
}
