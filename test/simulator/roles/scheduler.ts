import { catchError, defer, EMPTY, exhaustMap, merge, timer } from 'rxjs';
import { publicSales, watched } from '../../../src/app/scheduler/watched-sales.ts';
import { lostSales } from '../../../src/services/lost-sales.ts';
import { resumePublishing } from '../../../src/services/publish.ts';
import { recoverSale } from '../../../src/services/recovery.ts';
import { deadlineDefaults, deadlines } from '../../../src/streams/deadlines.ts';
import { whileLeading } from '../../../src/streams/operators/while-leading.ts';
import { queueRecovery } from '../../../src/streams/queue-recovery.ts';
import { relay } from '../../../src/streams/relay.ts';
import { forgetfulLog, generousStore } from './planted.ts';
import { hurriedRecovery } from './planted-recovery.ts';
import { type RoleParts, TIMES } from './role.ts';
import { SETTLEMENT_GROUP } from './worker.ts';

/** The scheduler: leads by a lease and does the real relay, deadlines and unfinished publishing. */
export function startScheduler(parts: RoleParts): void {
  const { process, ports, eventBus: newsroom, bugs, onViolation } = parts;
  const { clock, scheduler } = process;
  const { queue, catalogue, payments } = ports;
  const events = newsroom.busOf(process);
  const sales = publicSales(catalogue, clock);
  const recovering = { ...hurriedRecovery(parts), events, clock };

  const work = () =>
    merge(
      queueRecovery(timer(0, TIMES.recoveryEveryMs, scheduler), {
        lostSales: () => lostSales(recovering),
        recoverSale: (saleId, run) =>
          recoverSale(saleId, recovering, { deadlineMs: TIMES.deadlineMs, group: SETTLEMENT_GROUP, ...run }),
        serves: () => recovering.recovery.serves(),
        declareSound: () => recovering.recovery.declareSound(),
      }),
      bugs.has('noRelay')
        ? EMPTY
        : relay(
            timer(0, TIMES.relayEveryMs, scheduler),
            { queue, log: forgetfulLog(parts), sales: watched(sales, clock) },
            { leaseMs: TIMES.relayLeaseMs, batchSize: 3 },
          ),
      deadlines(
        timer(0, TIMES.deadlinesEveryMs, scheduler),
        { queue, store: generousStore(parts), payments, events, clock, sales: watched(sales, clock) },
        { ...deadlineDefaults, batchSize: 2, faultRestMs: 300, scheduler },
      ),
      timer(0, TIMES.publishingEveryMs, scheduler).pipe(
        exhaustMap(() =>
          defer(() => resumePublishing({ queue, catalogue, events: events, clock })).pipe(catchError(() => EMPTY)),
        ),
      ),
    );

  whileLeading(
    ports.leases,
    { ...TIMES.lease, name: 'scheduler', holder: process.name, clock, scheduler },
    work,
  ).subscribe({ error: (error: unknown) => onViolation(`the scheduler failed: ${String(error)}`) });
}
