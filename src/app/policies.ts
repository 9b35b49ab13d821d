import type { Observable } from 'rxjs';
import type { Config } from '../config.ts';
import type { LiveSettings } from '../domain/live-settings.ts';
import { createPolicy, type Policy, type PolicyOptions } from '../resilience/policy.ts';
import type { Context } from './context.ts';

export interface Policies {
  readonly queue: Policy;
  readonly log: Policy;
}

/** The log waits longer than the queue: what it has taken over may still be acknowledged, and a caller gives up first. */
const QUEUE_TIMEOUT_SHARE = 0.5;
const LOG_TIMEOUT_SHARE = 0.9;

/** How long a call of the ticket queue may take, milliseconds. */
export function queueTimeoutMs({ purchase }: Pick<LiveSettings, 'purchase'>): number {
  return Math.round(purchase.deadlineMs * QUEUE_TIMEOUT_SHARE);
}

/** A breaker judges by so many calls a second or more. */
const MINIMUM_RPS = 1;

/** They follow the settings for as long as these are told. */
export function createPolicies(
  config: Config,
  { log }: Pick<Context, 'log'>,
  settings$: Observable<LiveSettings>,
): Policies {
  const policyOf = (name: 'queue' | 'log', timeoutOf: (settings: Pick<LiveSettings, 'purchase'>) => number): Policy => {
    const optionsOf = (settings: Pick<LiveSettings, 'purchase' | 'breakers'>): PolicyOptions => ({
      ...settings.breakers,
      minimumRps: MINIMUM_RPS,
      concurrency: settings.purchase.concurrency,
      timeoutMs: timeoutOf(settings),
    });
    const policy = createPolicy(name, optionsOf(config));
    policy.onState((state) => log.warn({ dependency: name, state }, 'breaker changed its state'));
    settings$.subscribe((settings) => policy.adjust(optionsOf(settings)));
    return policy;
  };
  return {
    queue: policyOf('queue', queueTimeoutMs),
    log: policyOf('log', ({ purchase }) => Math.round(purchase.deadlineMs * LOG_TIMEOUT_SHARE)),
  };
}
