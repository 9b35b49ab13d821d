import type { Settings } from '../../../src/roles/settings.ts';
import { startWorker } from '../../../src/roles/worker/worker.ts';
import { plantInWorker } from './planted.ts';
import { GROUPS, type RoleParts, roleObserver, runtimeOf, WORKER_OPTIONS } from './role.ts';

/** A worker: the production role on simulated ports. */
export function startSimulatedWorker(parts: RoleParts, settings: Settings): void {
  // Those of the worker are the log's, by which it corrects the live state: that is tested elsewhere.
  const { auditSources: _, ...ports } = plantInWorker(parts);
  startWorker(ports, {
    runtime: runtimeOf(parts.process),
    settings,
    observer: {
      ...roleObserver(parts),
      settled: () => {},
      storeCall: () => {},
      storeSlow: () => {},
      liveViewApplied: () => {},
      liveRepaired: () => {},
      sampleConsumerLag: () => {},
      retrying: () => {},
    },
    groups: GROUPS,
    options: WORKER_OPTIONS,
  });
}
