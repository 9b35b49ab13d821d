import { messageOf } from '../../domain/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { DeadlineResult } from '../../streams/deadlines.ts';
import type { LeadershipChange } from '../../streams/operators/while-leading.ts';
import type { RecoveryEvent } from '../../streams/queue-recovery.ts';
import type { Relayed } from '../../streams/relay.ts';
import type { Context } from '../context.ts';

/** A step that fails does so once a second. */
const REPEAT_AFTER_MS = 60_000;

/** What the scheduler does, in the log and in the metrics. A fault that stays the same is logged once a minute. */
export function createReport({ log, metrics }: Pick<Context, 'log' | 'metrics'>, clock: Pick<Clock, 'monotonic'>) {
  const told = new Map<string, { readonly message: string; readonly at: number }>();

  const trouble = (step: string, saleId: string | undefined, fault: unknown): void => {
    if (fault === undefined) return;
    const key = `${step} ${saleId ?? ''}`;
    const last = told.get(key);
    const [message, at] = [messageOf(fault), clock.monotonic()];
    if (last?.message === message && at - last.at < REPEAT_AFTER_MS) return;
    told.set(key, { message, at });
    log.warn({ err: fault, step, ...(saleId === undefined ? {} : { saleId }) }, 'a step failed, trying again');
  };

  return {
    relayed: ({ saleId, relayed, fault }: Relayed): void => {
      if (relayed > 0) {
        metrics.relayed(relayed);
        log.info({ saleId, relayed }, 'stranded reservations published');
      }
      trouble('relay', saleId === '' ? undefined : saleId, fault);
    },
    deadlines: (result: DeadlineResult): void => {
      metrics.deadlines(result);
      const { step, fault, ...done } = result;
      if (fault === undefined) log.info(done, DONE[step]);
      trouble(step, 'saleId' in result ? result.saleId : undefined, fault);
    },
    resumed: ({ saleId, fault }: { readonly saleId?: string; readonly fault?: unknown }): void => {
      if (fault === undefined) log.info({ saleId }, 'published a sale that somebody had begun to publish');
      trouble('publish', saleId, fault);
    },
    recovery: (event: RecoveryEvent): void => {
      if (event.kind === 'progress') {
        const { saleId, epoch, step } = event;
        log.info({ saleId, epoch, step }, 'recovering a sale that the ticket queue has lost');
      }
      if (event.kind === 'recovered') {
        const { saleId, epoch, held, survivors, tookMs } = event;
        metrics.recovered(tookMs);
        log.warn({ saleId, epoch, held, survivors, tookMs: Math.round(tookMs) }, 'recovered: the sale goes on');
      }
      if (event.kind === 'serving') log.info('the ticket queue serves again');
      if (event.kind === 'superseded') log.warn({ saleId: event.saleId, epoch: event.epoch }, 'recovered elsewhere');
      if (event.kind === 'fault') trouble('recovery', event.saleId, event.fault);
    },
    leadership: (change: LeadershipChange): void => {
      metrics.leading(change === 'taken');
      if (change === 'taken') log.info('leading: the scheduler works here');
      else log.warn({ because: change }, 'no longer leading: another process may do the work');
    },
    leaseFault: (fault: unknown): void => trouble('lease', undefined, fault),
  };
}

const DONE = {
  expire: 'unpaid orders expired',
  return: 'owed tickets returned',
  refund: 'late capture refunded',
} as const satisfies Record<DeadlineResult['step'], string>;
