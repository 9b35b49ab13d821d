import type { Config } from '../config.ts';
import { createPolicy, type Policy } from '../resilience/policy.ts';
import type { Context } from './context.ts';

export interface Policies {
  readonly queue: Policy;
  readonly log: Policy;
}

/** The log waits longer than the queue: what it has taken over may still be acknowledged, and a caller gives up first. */
const QUEUE_TIMEOUT_SHARE = 0.5;
const LOG_TIMEOUT_SHARE = 0.9;

const BREAKER = {
  failureShare: 0.5,
  windowMs: 5000,
  minimumRps: 1,
  // Short, since a queue that is back sells at once; one call tries.
  halfOpenAfterMs: 1000,
} as const;

export function createPolicies({ purchase }: Config, { log }: Pick<Context, 'log'>): Policies {
  const policyOf = (name: 'queue' | 'log', timeoutShare: number): Policy => {
    const policy = createPolicy(name, {
      ...BREAKER,
      concurrency: purchase.concurrency,
      timeoutMs: Math.round(purchase.deadlineMs * timeoutShare),
    });
    policy.onState((state) => log.warn({ dependency: name, state }, 'breaker changed its state'));
    return policy;
  };
  return { queue: policyOf('queue', QUEUE_TIMEOUT_SHARE), log: policyOf('log', LOG_TIMEOUT_SHARE) };
}
