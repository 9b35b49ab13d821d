import type { LiveSettings } from '../../../src/domain/live-settings.ts';
import type { Payments } from '../../../src/ports/payments.ts';
import type { FrontPorts } from '../../../src/roles/front/front.ts';
import type { Ports } from '../../../src/roles/ports.ts';
import type { RoleObserver, Runtime } from '../../../src/roles/runtime.ts';
import type { SchedulerOptions } from '../../../src/roles/scheduler/options.ts';
import { followSettings, type Settings } from '../../../src/roles/settings.ts';
import type { WorkerOptions } from '../../../src/roles/worker/worker.ts';
import { housekeepingDefaults } from '../../../src/streams/housekeeping/housekeeping.ts';
import { jobDefaults } from '../../../src/streams/jobs/run-jobs.ts';
import type { Bugs } from '../bugs.ts';
import type { Process } from '../core/process.ts';

/** The ports of a simulated process, all of them remote. */
export type SimulatedPorts = Omit<Ports, 'atomicSale' | 'auditSources'> &
  Required<Pick<Ports, 'recovery'>> &
  Pick<FrontPorts, 'auditSources'> & { readonly payments: Payments };

/** The parts of a simulated process. */
export interface RoleParts {
  readonly process: Process;
  readonly ports: SimulatedPorts;
  readonly bugs: Bugs;
  /** Reports a violated promise. */
  readonly onViolation: (text: string) => void;
}

/** The settings of the environment: small, so that a sale of a few tickets reaches every limit. */
export const DEFAULTS: LiveSettings = {
  logLevel: 'info',
  purchase: { batchSize: 4, concurrency: 2, capacity: 16, deadlineMs: 2000, soldOutMs: 100 },
  breakers: { failureShare: 0.5, windowMs: 5000, halfOpenAfterMs: 500 },
  limits: { buyer: 0, address: 0, attempts: 0 },
  payment: { graceSeconds: 2 },
  settlement: { batchSize: 8, batchMs: 5 },
};

export const GROUPS = { settlement: 'settlement', liveView: 'live-view' } as const;

/** Shorter than in production, in the same proportions, so that a sale is over in a minute. */
export const SCHEDULER_OPTIONS: SchedulerOptions = {
  relayEveryMs: 1000,
  // Longer than any append can be in flight.
  relay: { leaseMs: 5000, batchSize: 3 },
  housekeepingEveryMs: 800,
  housekeeping: { ...housekeepingDefaults, batchSize: 2, faultPauseMs: 300, rebookWithinSeconds: 8 },
  jobsEveryMs: 500,
  jobs: { ...jobDefaults, batchSize: 2, faultPauseMs: 300 },
  publishingEveryMs: 3000,
  changesEveryMs: 1000,
  archives: { againAfterMs: 3000, everyMs: 6000 },
  recoveryEveryMs: 1000,
  lease: { ttlMs: 4000, renewMs: 1000, retryMs: 500 },
};

const BACKOFF = { baseMs: 50, capMs: 1000 } as const;

export const WORKER_OPTIONS: WorkerOptions = {
  maxInFlight: { settlement: 12, liveView: 64 },
  fetchWaitMs: { settlement: 0, liveView: 0 },
  maxAttempts: 3,
  settlementBackoff: BACKOFF,
  liveViewBackoff: BACKOFF,
  liveViewBatch: { size: 16, marginMs: 20, quietMs: 50 },
};

const SETTINGS_OPTIONS = { firstReadMs: 500, pollMs: 2000 } as const;

export function runtimeOf(process: Process): Runtime {
  let holders = 0;
  return {
    timers: process.timers,
    random: process.world.random.next,
    newHolder: () => {
      holders += 1;
      return `${process.name} ${holders}`;
    },
  };
}

export function roleObserver({ onViolation, process }: RoleParts): RoleObserver {
  return {
    streamFailed: (stream, error) => onViolation(`the stream ${stream} of ${process.name} failed: ${String(error)}`),
  };
}

/** The live settings of a process, followed as in production. */
export function startSettings(parts: RoleParts): Promise<Settings> {
  return followSettings(parts.ports, {
    ...runtimeOf(parts.process),
    defaults: DEFAULTS,
    observer: {
      ...roleObserver(parts),
      settingsInForce: () => {},
      settingsIgnored: (version, names) => parts.onViolation(`settings ${version} are ignored: ${names.join(', ')}`),
      settingsUnreadable: () => {},
    },
    options: SETTINGS_OPTIONS,
  });
}
