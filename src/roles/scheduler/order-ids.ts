import { NodeLease, type NodeLeasePorts, nodeLeaseDefaults } from '../../services/node-lease.ts';
import type { Runtime } from '../runtime.ts';

/** As often as a front renews its number. */
const RENEW_AFTER_MS = 60_000;

/**
 * Makes the ids of orders for a process that seldom needs one: it takes a node number with the first, and renews it with later
 * ones. What is not renewed expires. Errors: those of the lease; Fault `unavailable` if there is no number to be had.
 */
export function orderIdsOnDemand(
  ports: NodeLeasePorts,
  { random, newHolder }: Pick<Runtime, 'random' | 'newHolder'>,
): () => Promise<string> {
  const { clock } = ports;
  const lease = new NodeLease(ports, { ...nodeLeaseDefaults, holder: newHolder(), random });
  let renewedAt = Number.NEGATIVE_INFINITY;
  return async () => {
    const now = clock.monotonic();
    if (lease.number === undefined || now - renewedAt >= RENEW_AFTER_MS) {
      await lease.renew();
      renewedAt = now;
    }
    return lease.newId();
  };
}
