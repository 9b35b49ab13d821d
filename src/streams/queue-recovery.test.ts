import { describe, expect, it, vi } from 'vitest';
import { deferred, settled } from '../../test/support/deferred.ts';
import { queueRecoveryRig as rigOf } from '../../test/support/queue-recovery-rig.ts';
import { aSale } from '../../test/support/sales.ts';

const until = (check: () => void) => vi.waitFor(check, { interval: 1 });

describe('the recovery of a queue', () => {
  it('reports nothing about a sound queue', async () => {
    const rig = await rigOf('a');
    const state = vi.spyOn(rig.recovery, 'state');
    rig.tick();
    await until(() => expect(state).toHaveBeenCalled());
    await settled();

    expect(rig.events).toEqual([]);
  });

  it('rebuilds each lost sale, and reports its steps and its outcome', async () => {
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

  it('lets the queue serve after the first recovered sale, not after the last', async () => {
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

  it("doesn't let a queue serve while every lost sale is still being recovered", async () => {
    const rig = await rigOf('a');
    rig.recovery.serving = false;
    rig.recovery.lose('a');
    const waiting = deferred<void>();
    rig.hooks.wait = () => waiting.promise;
    rig.tick();
    await until(() => expect(rig.of('progress')).toHaveLength(1));
    rig.tick();
    // Once another lost sale was found, the search of the second tick is over.
    await rig.catalogue.addSale(aSale({ id: 'b' }));
    await until(() => {
      rig.tick();
      expect(rig.of('progress')).toHaveLength(2);
    });
    expect(rig.recovery.serving).toBe(false);
  });

  it('skips a sale that is being recovered, and recovers another one meanwhile', async () => {
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

  it('reports a fault, and tries again with a later tick', async () => {
    const rig = await rigOf('a');
    rig.recovery.lose('a');
    rig.hooks.fence = () => Promise.reject(new Error('Kafka is unavailable'));
    rig.tick();
    await until(() =>
      expect(rig.of('fault')).toMatchObject([{ saleId: 'a', fault: { message: 'Kafka is unavailable' } }]),
    );
    rig.hooks.fence = async () => 0;
    rig.tick();

    await until(() => expect(rig.of('recovered')).toMatchObject([{ saleId: 'a', epoch: 3 }]));
  });

  it('reports that the search failed, and searches again with a later tick', async () => {
    const rig = await rigOf('a');
    const sales = vi.spyOn(rig.catalogue, 'sales').mockRejectedValueOnce(new Error('MySQL is unavailable'));
    rig.recovery.lose('a');
    rig.tick();
    await until(() => expect(rig.of('fault')).toMatchObject([{ fault: { message: 'MySQL is unavailable' } }]));
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
