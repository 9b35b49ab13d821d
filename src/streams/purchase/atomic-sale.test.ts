import { describe, expect, it } from 'vitest';
import { purchaseRig } from '../../../test/support/purchase-rig.ts';
import { auditQueue } from '../../../test/support/queue-audit.ts';
import { Fault } from '../../domain/errors.ts';

describe('a purchase where queue and log are one database', () => {
  it('is answered from the single call, which also published it', async () => {
    const { buy, sale, queue, records, clock, observed } = await purchaseRig({ oneStep: true });
    const outcome = await buy('ann', 'key-1');
    expect(outcome).toMatchObject({
      kind: 'reserved',
      order: { userId: 'ann', tickets: [1], price: sale.price, reservedAt: clock.now(), payBy: clock.now() + 600_000 },
    });
    expect(records).toEqual([]);
    expect(observed).toEqual([9]);
    expect(await auditQueue(queue.auditSource, sale.id)).toMatchObject({ held: 1, pending: 0 });
    expect(await buy('ann', 'key-1')).toEqual({ ...outcome, kind: 'replayed' });
  });

  it('publishes what a replay finds unpublished before it answers', async () => {
    const { buy, sale, queue, records, hooks } = await purchaseRig({ oneStep: true });
    const stranded = { orderId: '01234567890123', userId: 'ann', key: 'k:key-1', fingerprint: '{}', quantity: 1 };
    await queue.reserve(sale.id, sale.epoch, [stranded]);
    hooks.append = () => Promise.reject(new Fault('unavailable', 'no log'));
    expect(await buy('ann', 'key-1')).toEqual({ kind: 'unavailable' });
    hooks.append = (proceed) => proceed();
    expect(await buy('ann', 'key-1')).toMatchObject({ kind: 'replayed', order: { id: stranded.orderId } });
    expect(records).toMatchObject([{ items: [{ orderId: stranded.orderId, tickets: [1] }] }]);
    expect(await auditQueue(queue.auditSource, sale.id)).toMatchObject({ held: 1, pending: 0 });
  });

  it('is unknown when the call fails', async () => {
    const { buy, hooks } = await purchaseRig({ oneStep: true });
    hooks.reserve = async (proceed) => {
      await proceed();
      throw new Fault('timeout', 'no answer');
    };
    expect(await buy('ann', 'key-1')).toEqual({ kind: 'unavailable' });
    hooks.reserve = (proceed) => proceed();
    expect(await buy('ann', 'key-1')).toMatchObject({ kind: 'replayed', order: { tickets: [1] } });
  });

  it('that comes too late is not answered with an order', async () => {
    const { buy, hooks, clock, won } = await purchaseRig({ oneStep: true, deadlineMs: 2000 });
    hooks.reserve = async (proceed) => {
      clock.advance(2001);
      return proceed();
    };
    expect(await buy('ann')).toEqual({ kind: 'unavailable' });
    expect(won).toEqual([]);
  });
});
