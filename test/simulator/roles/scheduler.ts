import { startScheduler } from '../../../src/roles/scheduler/scheduler.ts';
import { plantInScheduler } from './planted.ts';
import { DEFAULTS, GROUPS, type RoleParts, roleObserver, runtimeOf, SCHEDULER_OPTIONS } from './role.ts';

/** A scheduler: the production role on simulated ports. */
export function startSimulatedScheduler(parts: RoleParts): void {
  const { ports, timers } = plantInScheduler(parts);
  startScheduler(ports, {
    runtime: { ...runtimeOf(parts.process), timers },
    payments: ports.payments,
    observer: {
      ...roleObserver(parts),
      relayed: () => {},
      housekeeping: () => {},
      jobBatch: () => {},
      resumed: () => {},
      changeFailed: () => {},
      recovery: () => {},
      leadership: () => {},
      leaseFault: () => {},
      clockJump: () => {},
    },
    exclusive: false,
    recovery: { deadlineMs: DEFAULTS.purchase.deadlineMs, group: GROUPS.settlement },
    options: SCHEDULER_OPTIONS,
  });
}
