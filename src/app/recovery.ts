import { setTimeout as delay } from 'node:timers/promises';
import { EMPTY, type Observable, timer } from 'rxjs';
import { lostSales } from '../services/lost-sales.ts';
import { recoverSale } from '../services/recovery.ts';
import { queueRecovery, type RecoveryEvent } from '../streams/queue-recovery.ts';
import type { Ports } from './adapters/opened.ts';
import type { Context } from './context.ts';

/** Until a lost queue is found it sells nothing; a look costs a call for each sale. */
const LOOK_EVERY_MS = 500;

/** Recovers what the ticket queue loses, where it can lose something. For a leader. */
export function recoverQueue(ports: Ports, { config }: Pick<Context, 'config'>): Observable<RecoveryEvent> {
  const { recovery, catalogue, log, store, events, clock } = ports;
  if (recovery === undefined) return EMPTY;
  const services = { recovery, catalogue, log, store, events, clock, wait: (ms: number) => delay(ms) };
  const options = { deadlineMs: config.purchase.deadlineMs, group: config.settlement.group };
  return queueRecovery(timer(0, LOOK_EVERY_MS), {
    lostSales: () => lostSales(services),
    recoverSale: (saleId, run) => recoverSale(saleId, services, { ...options, ...run }),
    serves: () => recovery.serves(),
    declareSound: () => recovery.declareSound(),
  });
}
