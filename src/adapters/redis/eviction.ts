import { Fault } from '../../domain/errors.ts';

const POLICY = /^maxmemory_policy:(\S+)/m;

/**
 * Checks the reply to `INFO memory`: a Redis that may evict any key would forget tickets and orders as soon as its memory is
 * full, and a sale would look sold out. Policies that evict only keys with an expiry touch no sale.
 * Errors: Fault `config`.
 */
export function assertKeepsKeys(info: unknown): void {
  const policy = POLICY.exec(String(info))?.[1];
  if (policy === undefined || !policy.startsWith('allkeys-')) return;
  throw new Fault('config', `Redis may evict tickets (maxmemory-policy ${policy}): set maxmemory-policy noeviction`);
}
