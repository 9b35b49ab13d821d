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

/** How long a call of the ticket queue may take, milliseconds. */
export function queueTimeoutMs({ purchase }: Pick<Config, 'purchase'>): number {
  return Math.round(purchase.deadlineMs * QUEUE_TIMEOUT_SHARE);
}

const BREAKER = {
  failureShare: 0.5,
  windowMs: 5000,
  minimumRps: 1,
  // Short, since a queue that is back sells at once; one call tries.
  halfOpenAfterMs: 1000,
} as const;

export function createPolicies({ purchase }: Config, { log }: Pick<Context, 'log'>): Policies {
  const policyOf = (name: 'queue' | 'log', timeoutMs: number): Policy => {
    const policy = createPolicy(name, {
      ...BREAKER,
      concurrency: purchase.concurrency,
      timeoutMs,
    });
    policy.onState((state) => log.warn({ dependency: name, state }, 'breaker changed its state'));
    return policy;
  };
  return {
    queue: policyOf('queue', queueTimeoutMs({ purchase })),
    log: policyOf('log', Math.round(purchase.deadlineMs * LOG_TIMEOUT_SHARE)),
  };
}
