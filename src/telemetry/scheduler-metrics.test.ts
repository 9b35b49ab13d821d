import { expect, it } from 'vitest';
import { createMetrics } from './metrics.ts';

it('counts the scheduler’s work, and shows how late it is and whether it leads', async () => {
  const metrics = createMetrics({ process: false });
  metrics.leading(true);
  metrics.housekeeping({ step: 'expire', expired: 3, returned: 3, lateMs: 400 });
  metrics.housekeeping({ step: 'return', returned: 2 });
  metrics.housekeeping({ step: 'refund', refunded: 1 });
  metrics.jobBatch({ job: { kind: 'refund' }, done: 40, skipped: 2 });
  metrics.jobBatch({ done: 0, skipped: 0, fault: new Error('unreachable') });
  metrics.recovered(4000);
  metrics.housekeeping({ step: 'return', returned: 0, fault: new Error('unreachable') });
  const lines = (await metrics.expose()).body.split('\n');
  expect(lines).toEqual(
    expect.arrayContaining([
      'floodgate_scheduler_leading 1',
      'floodgate_expired_orders_total 3',
      'floodgate_returned_tickets_total 5',
      'floodgate_refunds_total 1',
      'floodgate_job_orders_total{kind="refund",result="done"} 40',
      'floodgate_job_orders_total{kind="refund",result="skipped"} 2',
      'floodgate_job_orders_total{kind="cancel",result="done"} 0',
      'floodgate_scheduler_faults_total{step="jobs"} 1',
      'floodgate_recoveries_total 1',
      'floodgate_recovery_seconds_bucket{le="5"} 1',
      'floodgate_recovery_seconds_bucket{le="2.5"} 0',
      'floodgate_expiry_seconds_count 1',
      'floodgate_expiry_seconds_bucket{le="0.5"} 1',
      'floodgate_expiry_seconds_bucket{le="0.25"} 0',
      'floodgate_scheduler_faults_total{step="return"} 1',
      'floodgate_scheduler_faults_total{step="expire"} 0',
    ]),
  );
  metrics.leaderMissing(21_000);
  metrics.clockJumped(-3_600_000);
  expect((await metrics.expose()).body).toContain('floodgate_scheduler_leader_missing_seconds 21\n');
  expect((await metrics.expose()).body).toContain('floodgate_scheduler_clock_jump_seconds -3600\n');
  metrics.leading(false);
  expect((await metrics.expose()).body).toContain('floodgate_scheduler_leading 0');
});
