import type { LiveSettings } from '../../domain/live-settings.ts';
import { type BreakerState, createPolicy, type Policy, type PolicyOptions } from '../../resilience/policy.ts';
import type { Runtime } from '../runtime.ts';
import type { Settings } from '../settings.ts';

/** One for each dependency that buyers wait for; docs/operations.md says how their limits relate. */
export interface Policies {
  /** Purchases at the ticket queue. */
  readonly queue: Policy;
  /** Purchases at the order log. */
  readonly log: Policy;
  /** What else is asked of the ticket queue, such as the stock of a sale for its page: never at the cost of a purchase. */
  readonly stock: Policy;
  /** Orders and sales. */
  readonly store: Policy;
  readonly live: Policy;
}

export type PolicyName = keyof Policies;
type Limits = Pick<LiveSettings, 'purchase'>;

export interface PolicyObserver {
  /** A policy was made; returns what is called with each new state of its breaker. */
  readonly breaker: (name: PolicyName, state: () => BreakerState) => (state: BreakerState) => void;
}

/** How long a call may take, of the deadline of a purchase. */
const TIMEOUT_SHARES: Readonly<Record<PolicyName, number>> = {
  // A page with an older number is better than a late one.
  stock: 0.125,
  // The order log needs the other half.
  queue: 0.5,
  // Two of them fit: an order is looked for in one place and then in another.
  store: 0.5,
  live: 0.5,
  // What the log has taken over may still be acknowledged, and a caller gives up first.
  log: 0.9,
};

/** The queue's client gives up first: it replaces a dead connection before the breaker counts the third call on it. */
const CLIENT_SHARE = 0.9;

/** The most reads at once. They wait for a connection here too, so it is many more than there are connections. */
const READS = 1024;

/** Calls a second below which a breaker does not judge. */
const MINIMUM_RPS = 1;

/** How long a call of the ticket queue's client may take, milliseconds. */
export function queueClientTimeoutMs(limits: Limits): number {
  return Math.round(timeoutMs('queue', limits) * CLIENT_SHARE);
}

export function policyOptions(name: PolicyName, settings: Pick<LiveSettings, 'purchase' | 'breakers'>): PolicyOptions {
  return {
    ...settings.breakers,
    minimumRps: MINIMUM_RPS,
    concurrency: name === 'queue' || name === 'log' ? settings.purchase.concurrency : READS,
    timeoutMs: timeoutMs(name, settings),
  };
}

function timeoutMs(name: PolicyName, { purchase }: Limits): number {
  return Math.round(purchase.deadlineMs * TIMEOUT_SHARES[name]);
}

/** They follow the settings. */
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
  };
}
