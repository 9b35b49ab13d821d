import { leadershipDefaults } from '../streams/operators/while-leading.ts';

/** The lease of the process that does the scheduler's work; fronts look whether there is one. */
export const SCHEDULER_LEASE = { name: 'scheduler', ttlMs: leadershipDefaults.ttlMs } as const;
