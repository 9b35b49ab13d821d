import { timer } from 'rxjs';
import type { Sale } from '../domain/sale.ts';
import type { Catalogue } from '../ports/catalogue.ts';
import { everySale } from '../services/every-sale.ts';
import { relay, relayDefaults } from '../streams/relay.ts';
import type { Context } from './context.ts';
import type { Ports } from './ports.ts';
import { supervise } from './supervise.ts';

export interface Scheduler {
  stop(): void;
}

/** How often stranded reservations are looked for: their lease is 15 s, so a second more is little. */
const RELAY_EVERY_MS = 1000;
/** How long after a sale's end a reservation may still be stranded: a queue that was away for a day. */
const RELAY_AFTER_END_MS = 24 * 60 * 60 * 1000;

export function startScheduler(ports: Ports, context: Context): Scheduler {
  const { log, metrics } = context;
  const relayed$ = relay(
    timer(0, RELAY_EVERY_MS),
    {
      queue: ports.queue,
      log: ports.log,
      sales: () => salesToWatch(ports.catalogue, ports.clock.now()),
    },
    relayDefaults,
  ).pipe(supervise('relay', context));

  const subscription = relayed$.subscribe(({ saleId, relayed, fault }) => {
    if (relayed > 0) {
      metrics.relayed(relayed);
      log.info({ saleId, relayed }, 'stranded reservations published');
    }
    if (fault !== undefined) log.warn({ err: fault, saleId }, 'relay did not get through, trying again');
  });
  return { stop: () => subscription.unsubscribe() };
}

async function salesToWatch(catalogue: Pick<Catalogue, 'sales'>, nowMs: number): Promise<Sale[]> {
  const watched: Sale[] = [];
  for await (const sale of everySale(catalogue, { includeDrafts: false })) {
    if (sale.opensAt <= nowMs && nowMs < sale.closesAt + RELAY_AFTER_END_MS) watched.push(sale);
  }
  return watched;
}
