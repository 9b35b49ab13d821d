import { randomUUID } from 'node:crypto';
import { catchError, defer, exhaustMap, lastValueFrom, merge, mergeMap, of, tap, timer, toArray } from 'rxjs';
import type { Payments } from '../ports/payments.ts';
import { resumePublishing } from '../services/publish.ts';
import { deadlines } from '../streams/deadlines.ts';
import { leadershipDefaults, whileLeading } from '../streams/operators/while-leading.ts';
import { relay, relayDefaults } from '../streams/relay.ts';
import type { Ports } from './adapters/opened.ts';
import type { Context } from './context.ts';
import { recoverQueue } from './recovery.ts';
import { createReport } from './scheduler/report.ts';
import { publicSales, watched } from './scheduler/watched-sales.ts';
import { supervise } from './supervise.ts';

export interface Scheduler {
  /** Begins nothing more, and gives the lead to another process. */
  stop(): Promise<void>;
}

export interface SchedulerOptions {
  readonly payments: Payments;
  /** No other process can do this work: it is not leased, so that a restart need not wait for the lease of the dead. */
  readonly exclusive: boolean;
}

const LEASE = 'scheduler';
/** How often stranded reservations are looked for: their lease is 15 s, so a second more is little. */
const RELAY_EVERY_MS = 1000;
/** From its deadline until a ticket can be bought again it takes this and a batch; 1.5 s is promised. */
const DEADLINES_EVERY_MS = 250;
/** How often sales are looked for whose publisher died half-way: an admin who waits asks again anyway. */
const PUBLISHING_EVERY_MS = 10_000;

export function startScheduler(ports: Ports, context: Context, { payments, exclusive }: SchedulerOptions): Scheduler {
  const { queue, log, store, catalogue, leases, events, clock } = ports;
  const report = createReport(context, clock);
  const sales = publicSales(catalogue, clock);

  const work = () =>
    merge(
      recoverQueue(ports, context).pipe(tap(report.recovery), supervise('recovery', context)),
      relay(timer(0, RELAY_EVERY_MS), { queue, log, sales: watched(sales, clock) }).pipe(
        tap(report.relayed),
        supervise('relay', context),
      ),
      deadlines(timer(0, DEADLINES_EVERY_MS), {
        queue,
        store,
        payments,
        events,
        clock,
        sales: watched(sales, clock),
      }).pipe(tap(report.deadlines), supervise('deadlines', context)),
      timer(0, PUBLISHING_EVERY_MS).pipe(
        exhaustMap(() => finishPublishing(ports)),
        tap(report.resumed),
        supervise('publishing', context),
      ),
    );
  if (exclusive) {
    context.metrics.leading(true);
    const working = work().subscribe();
    return { stop: async () => working.unsubscribe() };
  }

  const holder = randomUUID();
  const leading = whileLeading(
    leases,
    {
      ...leadershipDefaults,
      name: LEASE,
      holder,
      clock,
      onChange: report.leadership,
      onFault: report.leaseFault,
    },
    work,
  )
    .pipe(supervise('scheduler', context))
    .subscribe();
  return {
    stop: async () => {
      leading.unsubscribe();
      // It was given back just now; this waits until it is, before the database is closed.
      await leases.release(LEASE, holder).catch(report.leaseFault);
    },
  };
}

function finishPublishing({ queue, catalogue, events, clock }: Ports) {
  return defer(() => resumePublishing({ queue, catalogue, events: events, clock })).pipe(
    mergeMap((resumed) => resumed),
    catchError((fault: unknown) => of({ fault })),
  );
}

/**
 * Publishes all that is unpublished, without waiting for its lease: for a process that is alone on its queue, before it
 * takes the first purchase. Nothing that it finds can be under way.
 */
export async function relayLeftovers({ queue, log, catalogue, clock }: Ports, context: Context): Promise<void> {
  const sales = watched(publicSales(catalogue, clock), clock);
  const relayed$ = relay(of(0), { queue, log, sales }, { ...relayDefaults, leaseMs: 0 });
  const { relayed: report } = createReport(context, clock);
  for (const relayed of await lastValueFrom(relayed$.pipe(toArray()))) report(relayed);
}
