import { type FinishArchivesOptions, finishArchivesDefaults } from '../../services/finish-archives.ts';
import { housekeepingDefaults } from '../../streams/housekeeping/housekeeping.ts';
import { jobDefaults } from '../../streams/jobs/run-jobs.ts';
import { leadershipDefaults } from '../../streams/operators/while-leading.ts';
import { relayDefaults } from '../../streams/relay.ts';

/** How often a scheduler does each of its works, and how much at once. */
export interface SchedulerOptions {
  /** Interval of relay runs, milliseconds: the lease is 15 s, so a second more matters little. */
  readonly relayEveryMs: number;
  readonly relay: { readonly leaseMs: number; readonly batchSize: number };
  /**
   * Interval of housekeeping, milliseconds. From the deadline of an order until its ticket can be bought again, this
   * and one batch pass; 1.5 s is promised.
   */
  readonly housekeepingEveryMs: number;
  readonly housekeeping: Omit<typeof housekeepingDefaults, 'batchSize' | 'faultPauseMs' | 'rebookWithinSeconds'> & {
    readonly batchSize: number;
    readonly faultPauseMs: number;
    readonly rebookWithinSeconds: number;
  };
  /** Interval of checks for jobs to run, milliseconds: an admin starts them, and waits for the first progress. */
  readonly jobsEveryMs: number;
  readonly jobs: Omit<typeof jobDefaults, 'batchSize' | 'faultPauseMs'> & {
    readonly batchSize: number;
    readonly faultPauseMs: number;
  };
  /** Interval of checks for sales whose publisher died half-way, milliseconds: a waiting admin retries anyway. */
  readonly publishingEveryMs: number;
  /** Interval of checks for changed sales that the queue does not have yet, milliseconds; they are compared in memory. */
  readonly changesEveryMs: number;
  readonly archives: FinishArchivesOptions;
  /**
   * Interval of recovery checks, milliseconds: a lost queue sells nothing until it is detected; most checks cost one call.
   */
  readonly recoveryEveryMs: number;
  readonly lease: { readonly ttlMs: number; readonly renewMs: number; readonly retryMs: number };
}

export const schedulerDefaults = {
  relayEveryMs: 1000,
  relay: relayDefaults,
  housekeepingEveryMs: 250,
  housekeeping: housekeepingDefaults,
  jobsEveryMs: 1000,
  jobs: jobDefaults,
  publishingEveryMs: 10_000,
  changesEveryMs: 1000,
  archives: finishArchivesDefaults,
  recoveryEveryMs: 500,
  lease: leadershipDefaults,
} as const satisfies SchedulerOptions;
