import { describe, expect, it } from 'vitest';
import { settled } from '../../../test/support/deferred.ts';
import { purchaseRig } from '../../../test/support/purchase-rig.ts';
import { Fault } from '../../domain/errors.ts';
import type { PurchaseOutcome } from '../../domain/purchase.ts';

async function rigOf(sale: { readonly total: number; readonly perBuyerLimit: number }) {
  const rig = await purchaseRig({ sale });
  /** Requests of one turn, as [buyer, quantity, key]: they are decided in one call of the queue. */
  const together = async (...clicks: readonly (readonly [string, number, string?])[]) => {
    const ids = clicks.map(([userId, quantity, key]) => rig.click(userId, key, rig.sale.id, quantity));
    await settled();
    await settled();
    return ids.map((id) => rig.answers.get(id)?.[0] as PurchaseOutcome);
  };
  return { ...rig, together };
}

const ticketsOf = (outcome: PurchaseOutcome | undefined) =>
  outcome !== undefined && 'order' in outcome ? outcome.order.tickets : outcome?.kind;

describe('a purchase of several tickets', () => {
  it('is one order, and one item of the record', async () => {
    const { together, records } = await rigOf({ total: 10, perBuyerLimit: 4 });
    const [ann, bob] = await together(['ann', 3], ['bob', 1]);
    expect([ticketsOf(ann), ticketsOf(bob)]).toEqual([[1, 2, 3], [4]]);
    expect(records).toMatchObject([{ items: [{ tickets: [1, 2, 3] }, { tickets: [4] }] }]);
  });

  it('gets none if fewer are left, and leaves them to who asks for fewer', async () => {
    const { together, records } = await rigOf({ total: 3, perBuyerLimit: 4 });
    const [ann, bob, cid] = await together(['ann', 4, 'k'], ['bob', 2], ['cid', 2]);
    expect(ann).toEqual({ kind: 'notEnoughLeft', remaining: 3 });
    expect([ticketsOf(bob), cid]).toEqual([[1, 2], { kind: 'notEnoughLeft', remaining: 1 }]);
    expect((await together(['dan', 1])).map(ticketsOf)).toEqual([[3]]);
    expect((await together(['eve', 2])).map(ticketsOf)).toEqual(['soldOut']);
    expect(records.flatMap(({ items }) => items)).toHaveLength(2);
  });

  it('asks the queue no more while fewer are known to be left', async () => {
    const { together, reserved } = await rigOf({ total: 5, perBuyerLimit: 4 });
    await together(['ann', 4]);
    await together(['bob', 2]);
    const before = reserved.length;
    expect((await together(['cid', 2], ['dan', 3])).map(ticketsOf)).toEqual(['notEnoughLeft', 'notEnoughLeft']);
    expect(reserved).toHaveLength(before);
    // Who asks for what is left, or may have won before, is still asked for.
    expect((await together(['eve', 2, 'key'], ['fay', 1])).map(ticketsOf)).toEqual(['notEnoughLeft', [5]]);
  });

  it('counts all of a buyer’s tickets towards the limit, in one batch and over orders', async () => {
    const { together } = await rigOf({ total: 100, perBuyerLimit: 4 });
    const [first, over, rest] = await together(['ann', 3], ['ann', 2], ['ann', 1]);
    expect([ticketsOf(first), over?.kind, ticketsOf(rest)]).toEqual([[1, 2, 3], 'limitReached', [4]]);
    expect((await together(['ann', 1])).map(ticketsOf)).toEqual(['limitReached']);
  });

  it.each([5, 20])('of %i where a buyer may hold 4 is refused without asking the queue', async (quantity) => {
    const { together, reserved } = await rigOf({ total: 100, perBuyerLimit: 4 });
    expect(await together(['ann', quantity, 'k'])).toEqual([{ kind: 'tooManyTickets', most: 4 }]);
    expect(reserved).toEqual([]);
  });

  it('that is refused stays so when the queue fails for the others of its batch', async () => {
    const { together, hooks } = await rigOf({ total: 100, perBuyerLimit: 4 });
    hooks.reserve = () => Promise.reject(new Fault('unavailable', 'away'));
    const [large, small] = await together(['ann', 5], ['bob', 4]);
    expect([large?.kind, small?.kind]).toEqual(['tooManyTickets', 'unavailable']);
  });

  it('is repeated by its key only with the same quantity', async () => {
    const { together } = await rigOf({ total: 100, perBuyerLimit: 4 });
    const [first] = await together(['ann', 2, 'key']);
    const [again, other] = await together(['ann', 2, 'key'], ['ann', 1, 'key']);
    expect(again).toEqual({ ...first, kind: 'replayed' });
    expect(other).toEqual({ kind: 'keyMismatch' });
  });
});
