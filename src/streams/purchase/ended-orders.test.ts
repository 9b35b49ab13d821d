import { describe, expect, it } from 'vitest';
import { purchaseRig } from '../../../test/support/purchase-rig.ts';

const SALE = { total: 10, perBuyerLimit: 2 };

describe.each([
  ['two steps', false],
  ['one step', true],
])('orders that have ended, in %s', (_, oneStep) => {
  it('let their buyer place no more once there are too many', async () => {
    const { buy, queue, sale } = await purchaseRig({ maxEnded: 2, oneStep, sale: SALE });
    for (let n = 0; n < 2; n += 1) {
      const outcome = await buy('ann');
      if (outcome?.kind !== 'reserved') throw new Error(`answered ${outcome?.kind}`);
      await queue.release(sale.id, [outcome.order.id]);
    }
    expect(await buy('ann')).toEqual({ kind: 'tooManyOrders' });
    expect(await buy('bob')).toMatchObject({ kind: 'reserved' });
  });
});
