import type { LiveSettings } from '../../domain/live-settings.ts';
import { type BreakerState, createPolicy, type Policy, type PolicyOptions } from '../../resilience/policy.ts';
import type { Runtime } from '../runtime.ts';
import type { Settings } from '../settings.ts';

/** One policy per dependency on which buyers wait; docs/operations.md explains how their limits relate. */
export interface Policies {
  /** Purchases at the ticket queue. */
  readonly queue: Policy;
  /** Purchases at the order log. */
  readonly log: Policy;
  /** Other calls of the ticket queue, such as the stock of a sale for its page: they must not cost a purchase. */
  readonly stock: Policy;
  /** Orders and sales. */
  readonly store: Policy;
  readonly live: Policy;
  /** Searches for what is most likely not there: they must not cost other reads. */
  readonly lookup: Policy;
}

export type PolicyName = keyof Policies;
type Limits = Pick<LiveSettings, 'purchase'>;

export interface PolicyObserver {
  /** A policy was created; returns a listener for each new state of its breaker. */
  readonly breaker: (name: PolicyName, state: () => BreakerState) => (state: BreakerState) => void;
}

/** Time limit of a call, as a share of the purchase deadline. */
const TIMEOUT_SHARES: Readonly<Record<PolicyName, number>> = {
  // A page with an older number is better than a late one.
  stock: 0.125,
  // The order log needs the other half.
  queue: 0.5,
  // Two calls fit: an order is looked up in one place and then in another.
  store: 0.5,
  live: 0.5,
  lookup: 0.5,
  // A record that the log has accepted may still be acknowledged, and a caller's own deadline comes first.
  log: 0.9,
};

/** The queue's client times out first: it replaces a dead connection before the breaker counts the third call on it. */
const CLIENT_SHARE = 0.9;

/**
 * Maximum number of concurrent reads. They also wait for a connection here, so it is far more than the number of
 * connections.
 */
const READS = 1024;

/** Calls per second below which a breaker does not open. */
const MINIMUM_RPS = 1;

/** Time limit of the ticket queue client's calls, milliseconds. */
export function queueClientTimeoutMs(limits: Limits): number {
  return Math.round(timeoutMs('queue', limits) * CLIENT_SHARE);
}

export function policyOptions(name: PolicyName, settings: Pick<LiveSettings, 'purchase' | 'breakers'>): PolicyOptions {
  const { concurrency, batchSize } = settings.purchase;
  return {
    ...settings.breakers,
    minimumRps: MINIMUM_RPS,
    // Batches of many sales share a slot: in the extreme case each is a single purchase.
    concurrency: name === 'queue' || name === 'log' ? concurrency * batchSize : READS,
    timeoutMs: timeoutMs(name, settings),
  };
}

function timeoutMs(name: PolicyName, { purchase }: Limits): number {
  return Math.round(purchase.deadlineMs * TIMEOUT_SHARES[name]);
}

/** Creates the policies; they follow the settings. */
export function createPolicies(
  { current, settings$ }: Pick<Settings, 'current' | 'settings$'>,
  { timers }: Pick<Runtime, 'timers'>,
  observer: PolicyObserver,
): Policies {
  const policyOf = (name: PolicyName): Policy => {
    const policy = createPolicy(name, policyOptions(name, current()), timers.after);
    settings$.subscribe((settings) => policy.adjust(policyOptions(name, settings)));
    policy.onState(observer.breaker(name, policy.state));
    return policy;
  };
  return {
    queue: policyOf('queue'),
    log: policyOf('log'),
    stock: policyOf('stock'),
    store: policyOf('store'),
    live: policyOf('live'),
    lookup: policyOf('lookup'),
  };
}
