import { describe, expect, it } from 'vitest';
import { deferred, settled } from '../../../test/support/deferred.ts';
import { goesOn, purchaseRig } from '../../../test/support/purchase-rig.ts';
import { auditQueue } from '../../../test/support/queue-audit.ts';
import { Fault } from '../../domain/errors.ts';

const DEADLINE_MS = 2000;

describe('when the queue was rebuilt since the sale was read', () => {
  it('the sale is read again and the same orders are requested once more', async () => {
    const rig = await purchaseRig();
    const epoch = rig.queue.raiseEpoch(rig.sale.id);
    rig.catalogue.set(rig.sale.id, { ...rig.sale, epoch, version: 2 });
    expect((await rig.buy('ann'))?.kind).toBe('reserved');
    expect(rig.reserved).toHaveLength(2);
    expect(rig.reserved[1]).toEqual(rig.reserved[0]);
    expect(rig.records.map((record) => record.epoch)).toEqual([epoch]);
  });

  it('and the catalogue does not know it yet, the answer is recovering', async () => {
    const rig = await purchaseRig();
    rig.queue.raiseEpoch(rig.sale.id);
    expect(await rig.buy('ann')).toEqual({ kind: 'recovering' });
    expect(rig.reserved).toHaveLength(2);
    expect(rig.records).toEqual([]);
    rig.catalogue.set(rig.sale.id, { ...rig.sale, epoch: 2 });
    await goesOn(rig);
  });

  it('and the catalogue is unavailable, the answer is unavailable', async () => {
    const rig = await purchaseRig();
    rig.queue.raiseEpoch(rig.sale.id);
    rig.hooks.find = () => Promise.reject(new Fault('timeout', 'slow'));
    expect(await rig.buy('ann')).toEqual({ kind: 'unavailable' });
    expect(rig.records).toEqual([]);
  });

  it('no ticket is taken for a request past its deadline once the sale has been read', async () => {
    const rig = await purchaseRig();
    const found = deferred();
    rig.catalogue.set(rig.sale.id, { ...rig.sale, epoch: rig.queue.raiseEpoch(rig.sale.id) });
    rig.hooks.find = (proceed) => found.promise.then(proceed);
    const late = rig.click('ann');
    rig.clock.advance(1);
    const inTime = rig.click('bob');
    await settled();
    rig.clock.advance(DEADLINE_MS);
    found.resolve();
    await settled();
    expect(rig.answers.get(late)).toEqual([{ kind: 'overloaded' }]);
    expect(rig.answers.get(inTime)?.[0]?.kind).toBe('reserved');
    expect(await auditQueue(rig.queue.auditSource, rig.sale.id)).toMatchObject({ held: 1 });
  });

  it('and no request is in time any more, the queue is not called', async () => {
    const rig = await purchaseRig();
    rig.catalogue.set(rig.sale.id, { ...rig.sale, epoch: rig.queue.raiseEpoch(rig.sale.id) });
    rig.hooks.find = (proceed) => {
      rig.clock.advance(DEADLINE_MS + 1);
      return proceed();
    };
    expect(await rig.buy('ann')).toEqual({ kind: 'overloaded' });
    expect(rig.reserved).toHaveLength(1);
  });

  it('a sale that the queue does not know is recovering', async () => {
    const rig = await purchaseRig();
    rig.catalogue.set('sale-2', { ...rig.sale, id: 'sale-2' });
    expect(await rig.buy('ann', undefined, 'sale-2')).toEqual({ kind: 'recovering' });
  });
});
