import { setTimeout as delay } from 'node:timers/promises';
import { EMPTY, type Observable, timer } from 'rxjs';
import { queueRecovery, type RecoveryEvent } from '../services/queue-recovery.ts';
import type { Ports } from './adapters/opened.ts';
import type { Context } from './context.ts';

/** Until a lost queue is found it sells nothing; a look costs a call for each sale. */
const LOOK_EVERY_MS = 500;

/** Recovers what the ticket queue loses, where it can lose something. For a leader. */
export function recoverQueue(ports: Ports, { config }: Pick<Context, 'config'>): Observable<RecoveryEvent> {
  const { recovery, catalogue, log, store, events, clock } = ports;
  if (recovery === undefined) return EMPTY;
  const { deadlineMs } = config.purchase;
  return queueRecovery(
    timer(0, LOOK_EVERY_MS),
    { recovery, catalogue, log, store, events: events, clock, wait: (ms) => delay(ms) },
    { deadlineMs, group: config.settlement.group },
  );
}
