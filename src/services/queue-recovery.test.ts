import { Subject } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import { deferred, settled } from '../../test/support/deferred.ts';
import { ManualClock } from '../../test/support/fakes/manual-clock.ts';
import { MemoryCatalogue } from '../../test/support/fakes/memory-catalogue.ts';
import { MemoryOrderStore } from '../../test/support/fakes/memory-order-store.ts';
import { MemoryTicketQueue } from '../../test/support/fakes/memory-ticket-queue.ts';
import { aSale } from '../../test/support/sales.ts';
import { queueRecovery, type RecoveryEvent } from './queue-recovery.ts';

/** A queue with these sales, and its recovery, which looks when `tick` is called. */
async function rigOf(...ids: readonly string[]) {
  const clock = new ManualClock();
  const sales = ids.map((id) => aSale({ id }));
  const catalogue = new MemoryCatalogue(sales);
  const recovery = new MemoryTicketQueue(clock.now);
  for (const sale of sales) await recovery.load(sale);
  const hooks: { wait: () => Promise<void>; fence: (saleId: string) => Promise<number> } = {
    wait: async () => undefined,
    fence: async () => 0,
  };
  const tick$ = new Subject<void>();
  const events: RecoveryEvent[] = [];
  const subscription = queueRecovery(
    tick$,
    {
      recovery,
      catalogue,
      clock,
      store: new MemoryOrderStore(),
      log: { appendFence: (saleId) => hooks.fence(saleId) },
      wait: () => hooks.wait(),
    },
    { deadlineMs: 2000, group: 'g' },
  ).subscribe((event) => events.push(event));
  const of = (kind: RecoveryEvent['kind']) => events.filter((event) => event.kind === kind);
  return { recovery, catalogue, hooks, events, of, tick: () => tick$.next(), end: () => subscription.unsubscribe() };
}

const until = (check: () => void) => vi.waitFor(check, { interval: 1 });

describe('the recovery of a queue', () => {
  it('says nothing of one that is sound', async () => {
    const rig = await rigOf('a');
    const state = vi.spyOn(rig.recovery, 'state');
    rig.tick();
    await until(() => expect(state).toHaveBeenCalled());
    await settled();

    expect(rig.events).toEqual([]);
  });

  it('rebuilds each lost sale, and tells its steps and what came of it', async () => {
    const rig = await rigOf('a', 'b', 'c');
    rig.recovery.lose('a');
    rig.recovery.wipe('c');
    rig.tick();

    await until(() => expect(rig.of('recovered')).toHaveLength(2));
    expect(rig.of('recovered')).toMatchObject([
      { saleId: 'a', epoch: 2, held: 0, survivors: 0 },
      { saleId: 'c', epoch: 2 },
    ]);
    expect(rig.of('progress').filter((event) => 'saleId' in event && event.saleId === 'a')).toHaveLength(4);
  });

  it('lets the queue serve with the first sale, not after the last', async () => {
    const rig = await rigOf('quick', 'slow');
    rig.recovery.serving = false;
    for (const id of ['quick', 'slow']) rig.recovery.lose(id);
    rig.hooks.fence = (saleId) => (saleId === 'slow' ? deferred<number>().promise : Promise.resolve(0));
    rig.tick();

    await until(() =>
      expect(rig.events.slice(-2)).toMatchObject([{ kind: 'serving' }, { kind: 'recovered', saleId: 'quick' }]),
    );
    expect(rig.recovery.serving).toBe(true);
  });

  it('lets a queue serve that has lost no sale', async () => {
    const rig = await rigOf();
    rig.recovery.serving = false;
    rig.tick();

    await until(() => expect(rig.events).toEqual([{ kind: 'serving' }]));
  });

  it("doesn't let a queue serve while all that it lost is still being recovered", async () => {
    const rig = await rigOf('a');
    rig.recovery.serving = false;
    rig.recovery.lose('a');
    const waiting = deferred<void>();
    rig.hooks.wait = () => waiting.promise;
    rig.tick();
    await until(() => expect(rig.of('progress')).toHaveLength(1));
    rig.tick();
    // Another look has gone by when a sale that was lost since is found.
    await rig.catalogue.addSale(aSale({ id: 'b' }));
    await until(() => {
      rig.tick();
      expect(rig.of('progress')).toHaveLength(2);
    });
    expect(rig.recovery.serving).toBe(false);
  });

  it('leaves a sale alone that is being recovered, and takes up another one meanwhile', async () => {
    const rig = await rigOf('a', 'b');
    const waiting = deferred<void>();
    rig.hooks.wait = () => waiting.promise;
    rig.recovery.lose('a');
    rig.tick();
    await until(() => expect(rig.of('progress')).toHaveLength(1));
    rig.recovery.lose('b');
    rig.tick();
    await until(() => expect(rig.of('progress')).toHaveLength(2));
    waiting.resolve();

    await until(() => expect(rig.of('recovered')).toHaveLength(2));
    expect(rig.of('recovered')).toMatchObject([{ epoch: 2 }, { epoch: 2 }]);
  });

  it('tells a fault, and tries again with a later tick', async () => {
    const rig = await rigOf('a');
    rig.recovery.lose('a');
    rig.hooks.fence = () => Promise.reject(new Error('Kafka is away'));
    rig.tick();
    await until(() => expect(rig.of('fault')).toMatchObject([{ saleId: 'a', fault: { message: 'Kafka is away' } }]));
    rig.hooks.fence = async () => 0;
    rig.tick();

    await until(() => expect(rig.of('recovered')).toMatchObject([{ saleId: 'a', epoch: 3 }]));
  });

  it('tells when the sales can’t be looked at, and looks again with a later tick', async () => {
    const rig = await rigOf('a');
    const sales = vi.spyOn(rig.catalogue, 'sales').mockRejectedValueOnce(new Error('MySQL is away'));
    rig.recovery.lose('a');
    rig.tick();
    await until(() => expect(rig.of('fault')).toMatchObject([{ fault: { message: 'MySQL is away' } }]));
    rig.tick();

    await until(() => expect(rig.of('recovered')).toHaveLength(1));
    expect(sales).toHaveBeenCalledTimes(2);
  });

  it('ends at the next step of each sale when it is unsubscribed', async () => {
    const rig = await rigOf('a');
    rig.recovery.lose('a');
    const waiting = deferred<void>();
    rig.hooks.wait = () => waiting.promise;
    const fence = vi.spyOn(rig.hooks, 'fence');
    rig.tick();
    await until(() => expect(rig.of('progress')).toHaveLength(1));
    rig.end();
    waiting.resolve();
    await settled();

    expect(fence).not.toHaveBeenCalled();
    expect(await rig.recovery.state('a', 2)).toBe('lost');
  });
});
