import { describe, expect, it } from 'vitest';
import { DRAFT, publishRig as rig, UNAVAILABLE } from '../../test/support/publish-rig.ts';
import { aSale } from '../../test/support/sales.ts';
import { closeSale } from './close-sale.ts';
import { publishSale } from './publish.ts';

describe('closing', () => {
  it('closes the queue first, then the sale in the catalogue, and publishes the change', async () => {
    const { ports, hooks, buy, memory, published, forgotten } = rig();
    await publishSale('sale-1', ports);
    published.length = 0;
    hooks.save = async () => expect(await buy('bob')).toBe('closed');
    expect(await closeSale('sale-1', ports)).toEqual({
      kind: 'closed',
      sale: aSale({ status: 'closed', version: 4 }),
    });
    expect((await memory.sale('sale-1'))?.status).toBe('closed');
    expect([published, forgotten.at(-1)]).toEqual([[{ type: 'sale', saleId: 'sale-1' }], 'sale-1']);
  });

  it('gives the same answer when it is repeated, or runs concurrently', async () => {
    const { ports, statuses } = rig();
    await publishSale('sale-1', ports);
    const outcomes = await Promise.all([closeSale('sale-1', ports), closeSale('sale-1', ports)]);
    outcomes.push(await closeSale('sale-1', ports));
    expect(new Set(outcomes.map((outcome) => JSON.stringify(outcome))).size).toBe(1);
    expect(statuses).toEqual(['publishing', 'published', 'closed']);
  });

  it('that was interrupted ends the selling, and is finished by the next attempt', async () => {
    const { ports, hooks, buy } = rig();
    await publishSale('sale-1', ports);
    hooks.save = () => Promise.reject(UNAVAILABLE);
    await expect(closeSale('sale-1', ports)).rejects.toBe(UNAVAILABLE);
    expect(await buy('ann')).toBe('closed');
    hooks.save = async () => {};
    expect((await closeSale('sale-1', ports)).kind).toBe('closed');
  });

  it('closes the queue in the epoch that a recovery raised meanwhile', async () => {
    const { ports, hooks, queue, memory, buy } = rig();
    await publishSale('sale-1', ports);
    hooks.save = async () => {
      hooks.save = async () => {};
      await memory.saveSale(aSale({ epoch: 2, version: 4 }));
    };
    hooks.close = async () => {
      hooks.close = async () => {};
      queue.raiseEpoch('sale-1');
    };
    expect(await closeSale('sale-1', ports)).toMatchObject({ kind: 'closed', sale: { epoch: 2, version: 5 } });
    const item = { orderId: 'o', userId: 'u', key: 'k:1', fingerprint: '', quantity: 1 };
    expect(await queue.reserve('sale-1', 2, [item])).toMatchObject({ answers: [{ kind: 'closed' }] });
    expect(await buy('ann')).toBe('stale');
  });

  it.each([
    ['nothing', [], 'unknown'],
    ['a draft', [DRAFT], 'notPublished'],
    ['a sale that is being published', [aSale({ status: 'publishing' })], 'notPublished'],
  ] as const)('of %s is refused and changes nothing', async (_what, stored, kind) => {
    const { ports, statuses, published } = rig(stored);
    expect(await closeSale('sale-1', ports)).toEqual({ kind });
    expect([statuses, published]).toEqual([[], []]);
  });
});
