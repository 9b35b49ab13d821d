import { describe, expect, it } from 'vitest';
import { aSale } from '../../../test/support/sales.ts';
import { salesRig, UNAVAILABLE } from '../../../test/support/sales-rig.ts';
import type { PurchaseOutcome } from '../../domain/purchase.ts';
import type { PurchaseRequest } from '../../streams/purchase/request.ts';
import { unlistedPurchases } from './unlisted-purchases.ts';

async function rig() {
  const made = await salesRig();
  await made.sales.warm();
  const submitted: string[] = [];
  const submit = unlistedPurchases(made.sales, ({ saleId }) => submitted.push(saleId));
  const buy = (saleId: string) =>
    new Promise<PurchaseOutcome>((respond) => {
      const request: PurchaseRequest = {
        saleId,
        userId: 'ann',
        idempotencyKey: undefined,
        quantity: 1,
        requestId: 'r',
        receivedAt: 0,
        respond,
      };
      submit(request);
    });
  return { ...made, submitted, buy };
}

describe('a purchase of a sale that is not among the public ones', () => {
  it('is refused without a place in the purchase stream, a thousand for one query', async () => {
    const { buy, submitted, asked } = await rig();
    const before = asked.revisions;
    const outcomes = await Promise.all(Array.from({ length: 1000 }, (_, n) => buy(`no-${n}`)));
    expect(new Set(outcomes.map(({ kind }) => kind))).toEqual(new Set(['unknownSale']));
    expect(submitted).toEqual([]);
    expect(asked.revisions - before).toBe(2);
    expect(asked.sale).toEqual([]);
  });

  it('passes on if the sale was published meanwhile', async () => {
    const { buy, catalogue, submitted } = await rig();
    await catalogue.addSale(aSale({ id: 'new' }));
    void buy('new');
    await expect.poll(() => submitted).toEqual(['new']);
  });

  it('is answered when the catalogue is unavailable, and when too many wait', async () => {
    const { buy, hooks } = await rig();
    hooks.revision = () => Promise.reject(UNAVAILABLE);
    const kinds = (await Promise.all(Array.from({ length: 2049 }, (_, n) => buy(`no-${n}`)))).map(({ kind }) => kind);
    expect(kinds.at(-1)).toBe('overloaded');
    expect(new Set(kinds.slice(0, -1))).toEqual(new Set(['unavailable']));
  });
});
