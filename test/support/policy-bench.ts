import { expect } from 'vitest';
import { Fault, type FaultCode } from '../../src/domain/errors.ts';
import { type AdjustablePolicy, createPolicy, type Policy, type PolicyOptions } from '../../src/resilience/policy.ts';

export const OPTIONS: PolicyOptions = {
  concurrency: 2,
  timeoutMs: 1000,
  failureShare: 0.5,
  windowMs: 5000,
  minimumRps: 1,
  halfOpenAfterMs: 2000,
};

/** Calls before a breaker judges: five seconds at one call per second. */
export const ENOUGH = 5;

export async function fail(policy: Policy, code: FaultCode = 'unavailable'): Promise<void> {
  await policy.execute(() => Promise.reject(new Fault(code, 'made up'))).catch(() => undefined);
}

export function succeed(policy: Policy): Promise<void> {
  return policy.execute(() => Promise.resolve());
}

/** A policy named `log` whose breaker has just opened. */
export async function openedPolicy(options: Partial<PolicyOptions> = {}): Promise<AdjustablePolicy> {
  const policy = createPolicy('log', { ...OPTIONS, ...options });
  for (let i = 0; i < ENOUGH; i += 1) await fail(policy);
  expect(policy.state()).toBe('open');
  return policy;
}
