import { lastValueFrom, of, timer, toArray } from 'rxjs';
import type { Sale } from '../domain/sale.ts';
import type { Catalogue } from '../ports/catalogue.ts';
import { everySale } from '../services/every-sale.ts';
import { type Relayed, type RelayPorts, relay, relayDefaults } from '../streams/relay.ts';
import type { Context } from './context.ts';
import type { Ports } from './opened.ts';
import { supervise } from './supervise.ts';

export interface Scheduler {
  stop(): void;
}

/** How often stranded reservations are looked for: their lease is 15 s, so a second more is little. */
const RELAY_EVERY_MS = 1000;
/** How long after a sale's end a reservation may still be stranded: a queue that was away for a day. */
const RELAY_AFTER_END_MS = 24 * 60 * 60 * 1000;

export function startScheduler(ports: Ports, context: Context): Scheduler {
  const relayed$ = relay(timer(0, RELAY_EVERY_MS), relayPorts(ports)).pipe(supervise('relay', context));
  const subscription = relayed$.subscribe((relayed) => report(relayed, context));
  return { stop: () => subscription.unsubscribe() };
}

/**
 * Publishes all that is unpublished, without waiting for its lease: for a process that is alone on its queue, before it
 * takes the first purchase. Nothing that it finds can be under way.
 */
export async function relayLeftovers(ports: Ports, context: Context): Promise<void> {
  const relayed$ = relay(of(0), relayPorts(ports), { ...relayDefaults, leaseMs: 0 });
  for (const relayed of await lastValueFrom(relayed$.pipe(toArray()))) report(relayed, context);
}

function relayPorts({ queue, log, catalogue, clock }: Ports): RelayPorts {
  return { queue, log, sales: () => salesToWatch(catalogue, clock.now()) };
}

function report({ saleId, relayed, fault }: Relayed, { log, metrics }: Context): void {
  if (relayed > 0) {
    metrics.relayed(relayed);
    log.info({ saleId, relayed }, 'stranded reservations published');
  }
  if (fault !== undefined) log.warn({ err: fault, saleId }, 'relay did not get through, trying again');
}

async function salesToWatch(catalogue: Pick<Catalogue, 'sales'>, nowMs: number): Promise<Sale[]> {
  const watched: Sale[] = [];
  for await (const sale of everySale(catalogue, { includeDrafts: false })) {
    if (sale.opensAt <= nowMs && nowMs < sale.closesAt + RELAY_AFTER_END_MS) watched.push(sale);
  }
  return watched;
}
