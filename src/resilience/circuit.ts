import { bulkhead, CircuitState, circuitBreaker, handleWhen, type IPolicy, SamplingBreaker, wrap } from 'cockatiel';
import { isFault } from '../domain/errors.ts';

export interface PolicyOptions {
  /**
   * Maximum number of calls in flight; a further one is refused at once, since a queue here would hide the overload.
   */
  readonly concurrency: number;
  /** A call that takes longer counts as failed; whether it took effect is unknown. */
  readonly timeoutMs: number;
  /** Share of failed calls within the window that opens the breaker; above 0 and below 1. */
  readonly failureShare: number;
  readonly windowMs: number;
  /** Calls per second below which the breaker stays closed: three failures in a quiet night are no outage. */
  readonly minimumRps: number;
  /** How long the breaker stays open before it lets one trial call through. */
  readonly halfOpenAfterMs: number;
}

export type BreakerState = 'closed' | 'open' | 'half-open';

/** When a breaker that is not closed opened; milliseconds since 1970, or 0 if it may make a trial call at once. */
interface Opened {
  readonly openedAt: number;
}

/** Cockatiel's bulkhead around its breaker, with options that never change. */
export interface Circuit {
  readonly options: PolicyOptions;
  readonly policy: Pick<IPolicy, 'execute'>;
  readonly ready: () => boolean;
  readonly state: () => BreakerState;
  /** Stops reporting its state; returns when its breaker opened, unless it is closed. */
  readonly retire: () => Opened | undefined;
}

const STATES: Readonly<Record<CircuitState, BreakerState>> = {
  [CircuitState.Closed]: 'closed',
  [CircuitState.Open]: 'open',
  [CircuitState.HalfOpen]: 'half-open',
  [CircuitState.Isolated]: 'open',
};

// Only faults that say something about the dependency's health count; our own full bulkhead or a bad record does not.
const unhealthy = handleWhen((error) => isFault(error, 'unavailable') || isFault(error, 'timeout'));

/**
 * Bulkhead around breaker. Cockatiel reads the time from `Date.now`. With `opened` the breaker starts open, like the
 * one that it replaces.
 */
export function createCircuit(
  options: PolicyOptions,
  onState: (state: BreakerState) => void,
  opened?: Opened,
): Circuit {
  const sampling = new SamplingBreaker({
    threshold: options.failureShare,
    duration: options.windowMs,
    minimumRps: options.minimumRps,
  });
  const breaker = circuitBreaker(unhealthy, {
    halfOpenAfter: options.halfOpenAfterMs,
    breaker: sampling,
    // The format that a breaker's own `toJSON` returns.
    ...(opened && {
      initialState: {
        ownState: { value: CircuitState.Open, openedAt: opened.openedAt, attemptNo: 1 },
        breakerState: sampling.state,
      },
    }),
  });
  // Cockatiel leaves the open state only on the next call. A caller that checks `ready` first, as the purchase stream
  // does, would never make that call, and a process that is out of rotation while its breaker is open receives none.
  let openedAt = opened?.openedAt ?? 0;
  breaker.onBreak(() => {
    openedAt = Date.now();
  });
  const mayTry = () => breaker.state === CircuitState.Open && Date.now() >= openedAt + options.halfOpenAfterMs;
  const reporting = breaker.onStateChange((state) => onState(STATES[state]));

  const slots = bulkhead(options.concurrency);
  return {
    options,
    policy: wrap(slots, breaker),
    ready: () => slots.executionSlots > 0 && (breaker.state === CircuitState.Closed || mayTry()),
    state: () => (mayTry() ? 'half-open' : STATES[breaker.state]),
    retire: () => {
      reporting.dispose();
      if (breaker.state === CircuitState.Closed) return undefined;
      // A trial call in flight belongs to the old breaker: the new one may let another one through.
      return { openedAt: breaker.state === CircuitState.Open ? openedAt : 0 };
    },
  };
}
