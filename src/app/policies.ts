import type { Observable } from 'rxjs';
import type { Config } from '../config.ts';
import type { LiveSettings } from '../domain/live-settings.ts';
import { createPolicy, type Policy, type PolicyOptions } from '../resilience/policy.ts';
import type { Context } from './context.ts';

/** One for each thing that buyers wait for; how they stand to each other is written down in docs/operations.md. */
export interface Policies {
  /** Purchases at the ticket queue. */
  readonly queue: Policy;
  /** Purchases at the order log. */
  readonly log: Policy;
  /** What else is asked of the ticket queue, such as what is left of a sale for its page: never at the cost of a purchase. */
  readonly stock: Policy;
  /** Orders and sales. */
  readonly store: Policy;
  readonly live: Policy;
}

type Name = keyof Policies;
type Limits = Pick<LiveSettings, 'purchase'>;

/** How long a call may take, of the deadline of a purchase. */
const TIMEOUT_SHARES: Readonly<Record<Name, number>> = {
  // A page with an older number is better than a late one.
  stock: 0.125,
  // The order log needs the other half.
  queue: 0.5,
  // Two of them fit: an order is looked for in one place and then in another.
  store: 0.5,
  live: 0.5,
  // What it has taken over may still be acknowledged, and a caller gives up first.
  log: 0.9,
};

/** The queue's client gives up first: it replaces a line that is dead before the breaker counts the third call on it. */
const CLIENT_SHARE = 0.9;

/** Reads at once. They wait for a connection in here too, so it is many more than there are connections. */
const READS = 1024;

/** A breaker judges by so many calls a second or more. */
const MINIMUM_RPS = 1;

/** How long a call of the ticket queue's client may take, milliseconds. */
export function queueClientTimeoutMs(limits: Limits): number {
  return Math.round(timeoutMs('queue', limits) * CLIENT_SHARE);
}

export function policyOptions(name: Name, settings: Pick<LiveSettings, 'purchase' | 'breakers'>): PolicyOptions {
  return {
    ...settings.breakers,
    minimumRps: MINIMUM_RPS,
    concurrency: name === 'queue' || name === 'log' ? settings.purchase.concurrency : READS,
    timeoutMs: timeoutMs(name, settings),
  };
}

function timeoutMs(name: Name, { purchase }: Limits): number {
  return Math.round(purchase.deadlineMs * TIMEOUT_SHARES[name]);
}

/** They follow the settings for as long as these are told. */
export function createPolicies(
  config: Pick<Config, 'purchase' | 'breakers'>,
  { log, metrics }: Pick<Context, 'log' | 'metrics'>,
  settings$: Observable<LiveSettings>,
): Policies {
  const policyOf = (name: Name): Policy => {
    const policy = createPolicy(name, policyOptions(name, config));
    settings$.subscribe((settings) => policy.adjust(policyOptions(name, settings)));
    const count = metrics.sampleBreaker(name, policy.state);
    let away = false;
    policy.onState((state) => {
      count(state);
      // Once an outage, and once its end: it is tried again and again in between.
      if (state === 'open' && !away) log.warn({ dependency: name, state }, 'breaker opened');
      if (state === 'closed') log.info({ dependency: name, state }, 'breaker closed');
      away = state !== 'closed';
    });
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
