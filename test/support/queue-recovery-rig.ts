import { Subject } from 'rxjs';
import { lostSales } from '../../src/services/lost-sales.ts';
import { recoverSale } from '../../src/services/recovery.ts';
import { queueRecovery, type RecoveryEvent } from '../../src/streams/queue-recovery.ts';
import { ManualClock } from './fakes/manual-clock.ts';
import { MemoryCatalogue } from './fakes/memory-catalogue.ts';
import { MemoryOrderStore } from './fakes/memory-order-store.ts';
import { MemoryTicketQueue } from './fakes/memory-ticket-queue.ts';
import { aSale } from './sales.ts';

/** A queue with these sales, and the stream that recovers it with the real services; it looks when `tick` is called. */
export async function queueRecoveryRig(...ids: readonly string[]) {
  const clock = new ManualClock();
  const sales = ids.map((id) => aSale({ id }));
  const catalogue = new MemoryCatalogue(sales);
  const recovery = new MemoryTicketQueue(clock.now);
  for (const sale of sales) await recovery.load(sale);
  const hooks: { wait: () => Promise<void>; fence: (saleId: string) => Promise<number> } = {
    wait: async () => undefined,
    fence: async () => 0,
  };
  const services = {
    recovery,
    catalogue,
    clock,
    store: new MemoryOrderStore(),
    log: { appendFence: (saleId: string) => hooks.fence(saleId) },
    wait: () => hooks.wait(),
  };
  const tick$ = new Subject<void>();
  const events: RecoveryEvent[] = [];
  const subscription = queueRecovery(tick$, {
    lostSales: () => lostSales(services),
    recoverSale: (saleId, run) => recoverSale(saleId, services, { deadlineMs: 2000, group: 'g', ...run }),
    serves: () => recovery.serves(),
    declareSound: () => recovery.declareSound(),
  }).subscribe((event) => events.push(event));
  const of = (kind: RecoveryEvent['kind']) => events.filter((event) => event.kind === kind);
  return { recovery, catalogue, hooks, events, of, tick: () => tick$.next(), end: () => subscription.unsubscribe() };
}
