import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** The counted part of what the housekeeping stream emits. */
export interface CountedHousekeeping {
  readonly step: 'expire' | 'return' | 'rebook' | 'refund';
  readonly expired?: number;
  readonly returned?: number;
  readonly rebooked?: number;
  readonly refused?: number;
  readonly refunded?: number;
  readonly lateMs?: number;
  readonly fault?: unknown;
}

/** The counted part of a batch of a job. */
export interface CountedJobBatch {
  readonly job?: { readonly kind: 'refund' | 'cancel' };
  readonly done: number;
  readonly skipped: number;
  readonly fault?: unknown;
}

export interface SchedulerMetrics {
  readonly housekeeping: (result: CountedHousekeeping) => void;
  readonly jobBatch: (batch: CountedJobBatch) => void;
  /** A lost sale was rebuilt; milliseconds since the loss was detected. */
  readonly recovered: (tookMs: number) => void;
  /** Whether this process runs the scheduler's work. */
  readonly leading: (leads: boolean) => void;
  /** For how long no process has led, milliseconds; as a front sees it. */
  readonly leaderMissing: (ms: number) => void;
  /** By how much the wall clock has jumped against the monotonic one and is not trusted, milliseconds. */
  readonly clockJumped: (ms: number) => void;
}

/** From 0.1 s, within a tick, to 10 min, the backlog of a long outage. */
const LATE_BUCKETS_S = [0.1, 0.25, 0.5, 1, 1.5, 2.5, 5, 10, 30, 60, 600];

/** From 2.5 s, little more than the deadline that a recovery waits out, to 10 min, after an outage of the workers. */
const RECOVERY_BUCKETS_S = [2.5, 5, 7.5, 10, 15, 30, 60, 600];

export function createSchedulerMetrics(register: Registry): SchedulerMetrics {
  const registers = [register];
  const counter = (name: string, help: string) => new Counter({ name, help, registers });
  const expired = counter('floodgate_expired_orders_total', 'Orders that expired unpaid.');
  const returned = counter(
    'floodgate_returned_tickets_total',
    'Tickets of ended orders that the scheduler returned to sale.',
  );
  const refunded = counter(
    'floodgate_refunds_total',
    'Refunds that the payment provider has accepted, whole or partial.',
  );
  const late = new Counter({
    name: 'floodgate_late_payments_total',
    help: 'Payments of orders that had ended: rebooked (they bought tickets again) or refused (they are refunded).',
    labelNames: ['result'],
    registers,
  });
  for (const result of ['rebooked', 'refused']) late.inc({ result }, 0);
  const jobOrders = new Counter({
    name: 'floodgate_job_orders_total',
    help: 'Orders that jobs have handled: done, or skipped because they had changed or were refunded before.',
    labelNames: ['kind', 'result'],
    registers,
  });
  for (const kind of ['refund', 'cancel']) for (const result of ['done', 'skipped']) jobOrders.inc({ kind, result }, 0);
  const faults = new Counter({
    name: 'floodgate_scheduler_faults_total',
    help: 'Failures of scheduler steps, which are retried.',
    labelNames: ['step'],
    registers,
  });
  const lateness = new Histogram({
    name: 'floodgate_expiry_seconds',
    help: 'Time from the earliest deadline of an expired batch until its tickets are on sale again.',
    buckets: LATE_BUCKETS_S,
    registers,
  });
  const recoveries = counter(
    'floodgate_recoveries_total',
    'Sales that were rebuilt after the ticket queue had lost them.',
  );
  const recovery = new Histogram({
    name: 'floodgate_recovery_seconds',
    help: 'Time from detecting a lost sale until it sells again.',
    buckets: RECOVERY_BUCKETS_S,
    registers,
  });
  const leading = new Gauge({
    name: 'floodgate_scheduler_leading',
    help: "1 while this process runs the scheduler's work.",
    registers,
  });
  const missing = new Gauge({
    name: 'floodgate_scheduler_leader_missing_seconds',
    help: 'For how long no process has led the scheduler, as this front sees it; 0 while one does.',
    registers,
  });
  const jumped = new Gauge({
    name: 'floodgate_scheduler_clock_jump_seconds',
    help: 'By how much the wall clock has jumped and is not trusted for expiry; 0 while it is.',
    registers,
  });
  for (const step of ['expire', 'return', 'rebook', 'refund', 'jobs']) faults.inc({ step }, 0);

  return {
    housekeeping: (result) => {
      expired.inc(result.expired ?? 0);
      returned.inc(result.returned ?? 0);
      late.inc({ result: 'rebooked' }, result.rebooked ?? 0);
      late.inc({ result: 'refused' }, result.refused ?? 0);
      refunded.inc(result.refunded ?? 0);
      if (result.lateMs !== undefined) lateness.observe(result.lateMs / 1000);
      if (result.fault !== undefined) faults.inc({ step: result.step });
    },
    jobBatch: ({ job, done, skipped, fault }) => {
      if (fault !== undefined) faults.inc({ step: 'jobs' });
      if (job === undefined) return;
      jobOrders.inc({ kind: job.kind, result: 'done' }, done);
      jobOrders.inc({ kind: job.kind, result: 'skipped' }, skipped);
    },
    recovered: (tookMs) => {
      recoveries.inc();
      recovery.observe(tookMs / 1000);
    },
    leading: (leads) => leading.set(leads ? 1 : 0),
    leaderMissing: (ms) => missing.set(ms / 1000),
    clockJumped: (ms) => jumped.set(ms / 1000),
  };
}
