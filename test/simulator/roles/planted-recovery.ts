import type { LostSalesPorts } from '../../../src/services/lost-sales.ts';
import type { RecoveryPorts } from '../../../src/services/recovery.ts';
import type { SettlementFences } from '../../../src/streams/settlement-fences.ts';
import { overriding } from './planted.ts';
import type { RoleParts } from './role.ts';

/** What a recovery needs, with the bugs that are planted there; without them the ports themselves. */
export function hurriedRecovery({ process, ports, bugs }: RoleParts): Omit<RecoveryPorts & LostSalesPorts, 'clock'> {
  const { recovery, catalogue } = ports;
  const log = bugs.has('noFences') ? { appendFence: async () => 0 } : ports.log;
  const store = overriding(ports.store, {
    ...(bugs.has('recoveryWithoutWorkers') ? { fencePassed: async () => Number.MAX_SAFE_INTEGER } : {}),
    ...(bugs.has('endedOrdersForgotten')
      ? {
          booked: async (saleId: string, first: number, last: number) =>
            (await ports.store.booked(saleId, first, last)).filter(({ live }) => live),
        }
      : {}),
  });
  const wait = (ms: number) => process.wait(bugs.has('recoveryWithoutWait') ? 0 : ms);
  return { recovery, catalogue, log, store, wait };
}

/** The settlement's fences. */
export function lowFences(fences: SettlementFences, { bugs }: RoleParts): SettlementFences {
  if (!bugs.has('nothingRefused')) return fences;
  return { add: (partition, fence) => fences.add(partition, fence), rejects: () => false };
}
