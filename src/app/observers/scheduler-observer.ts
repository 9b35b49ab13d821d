import { messageOf } from '../../domain/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { SchedulerObserver } from '../../roles/scheduler/scheduler.ts';
import type { HousekeepingResult } from '../../streams/housekeeping/contract.ts';
import type { Context } from '../context.ts';
import { logStreamFailures } from './log-stream-failures.ts';

/** A failing step fails about once a second. */
const REPEAT_AFTER_MS = 60_000;

/** Writes what the scheduler does to the log and the metrics. A repeated fault is logged once a minute. */
export function createSchedulerObserver(
  { log, metrics }: Pick<Context, 'log' | 'metrics'>,
  clock: Pick<Clock, 'monotonic'>,
): SchedulerObserver {
  const logged = new Map<string, { readonly message: string; readonly at: number }>();

  const logFault = (step: string, saleId: string | undefined, fault: unknown): void => {
    if (fault === undefined) return;
    const key = `${step} ${saleId ?? ''}`;
    const last = logged.get(key);
    const [message, at] = [messageOf(fault), clock.monotonic()];
    if (last?.message === message && at - last.at < REPEAT_AFTER_MS) return;
    logged.set(key, { message, at });
    log.warn({ err: fault, step, ...(saleId === undefined ? {} : { saleId }) }, 'a step failed, trying again');
  };

  return {
    ...logStreamFailures(log),
    relayed: ({ saleId, relayed, fault }) => {
      if (relayed > 0) {
        metrics.relayed(relayed);
        log.info({ saleId, relayed }, 'stranded reservations published');
      }
      logFault('relay', saleId === '' ? undefined : saleId, fault);
    },
    housekeeping: (result) => {
      metrics.housekeeping(result);
      const { step, fault, ...done } = result;
      if (fault === undefined) log.info(done, DONE[step]);
      logFault(step, 'saleId' in result ? result.saleId : undefined, fault);
    },
    jobBatch: (batch) => {
      metrics.jobBatch(batch);
      const { job, isDone, fault } = batch;
      if (isDone) log.info({ jobId: job?.id, kind: job?.kind, saleId: job?.saleId }, 'job done');
      logFault('jobs', job?.saleId, fault);
    },
    resumed: ({ saleId, fault }) => {
      if (fault === undefined) log.info({ saleId }, 'finished publishing a sale that another process had begun');
      logFault('publish', saleId, fault);
    },
    changeFailed: ({ saleId, fault }) => logFault('change', saleId, fault),
    recovery: (event) => {
      if (event.kind === 'progress') {
        const { saleId, epoch, step } = event;
        log.info({ saleId, epoch, step }, 'recovering a sale that the ticket queue has lost');
      }
      if (event.kind === 'recovered') {
        const { saleId, epoch, held, survivors, tookMs } = event;
        metrics.recovered(tookMs);
        log.warn(
          { saleId, epoch, held, survivors, tookMs: Math.round(tookMs) },
          'recovered: the sale is selling again',
        );
      }
      if (event.kind === 'serving') log.info('the ticket queue serves again');
      if (event.kind === 'superseded')
        log.warn({ saleId: event.saleId, epoch: event.epoch }, 'recovered by another process');
      if (event.kind === 'fault') logFault('recovery', event.saleId, event.fault);
    },
    leadership: (change) => {
      metrics.leading(change === 'taken');
      if (change === 'taken') log.info('leading: the scheduler runs in this process');
      else log.warn({ because: change }, 'no longer leading: another process may take over');
    },
    clockJump: ({ jumpMs, now }) => {
      metrics.clockJumped(now === 'held' ? jumpMs : 0);
      const about = { jumpS: Math.round(jumpMs / 1000) };
      if (now === 'held')
        log.error(about, "this machine's clock has jumped: orders expire by the time before it, check the clock");
      if (now === 'ended') log.info("this machine's clock is right again: orders expire by it");
      if (now === 'trusted') log.warn(about, "this machine's clock has stayed where it jumped to: orders expire by it");
    },
    leaseFault: (fault) => logFault('lease', undefined, fault),
  };
}

const DONE = {
  expire: 'unpaid orders expired',
  return: 'owed tickets returned',
  rebook: 'late payment settled: it bought tickets again, or is refunded',
  refund: 'payment refunded',
} as const satisfies Record<HousekeepingResult['step'], string>;
