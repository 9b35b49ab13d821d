import { describe, expect, it } from 'vitest';
import { AWAY, DRAFT, publishRig as rig } from '../../test/support/publish-rig.ts';
import { aSale } from '../../test/support/sales.ts';
import { closeSale } from './close-sale.ts';
import { publishSale } from './publish.ts';

describe('closing', () => {
  it('shuts the queue’s gate first, then the catalogue, and tells', async () => {
    const { ports, hooks, buy, memory, told, forgotten } = rig();
    await publishSale('sale-1', ports);
    told.length = 0;
    hooks.save = async () => expect(await buy('bob')).toBe('closed');
    expect(await closeSale('sale-1', ports)).toEqual({
      kind: 'closed',
      sale: aSale({ status: 'closed', version: 4 }),
    });
    expect((await memory.sale('sale-1'))?.status).toBe('closed');
    expect([told, forgotten.at(-1)]).toEqual([[{ type: 'sale', saleId: 'sale-1' }], 'sale-1']);
  });

  it('again, or by two at once, is the same answer', async () => {
    const { ports, statuses } = rig();
    await publishSale('sale-1', ports);
    const outcomes = await Promise.all([closeSale('sale-1', ports), closeSale('sale-1', ports)]);
    outcomes.push(await closeSale('sale-1', ports));
    expect(new Set(outcomes.map((outcome) => JSON.stringify(outcome))).size).toBe(1);
    expect(statuses).toEqual(['publishing', 'published', 'closed']);
  });

  it('that was cut off sells nothing more, and is finished by the next try', async () => {
    const { ports, hooks, buy } = rig();
    await publishSale('sale-1', ports);
    hooks.save = () => Promise.reject(AWAY);
    await expect(closeSale('sale-1', ports)).rejects.toBe(AWAY);
    expect(await buy('ann')).toBe('closed');
    hooks.save = async () => {};
    expect((await closeSale('sale-1', ports)).kind).toBe('closed');
  });

  it('reaches the queue of the epoch that a recovery raised meanwhile', async () => {
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
    const item = { orderId: 'o', userId: 'u', key: 'k:1', fingerprint: '' };
    expect(await queue.reserve('sale-1', 2, [item])).toMatchObject({ answers: [{ kind: 'closed' }] });
    expect(await buy('ann')).toBe('stale');
  });

  it.each([
    ['nothing', [], 'unknown'],
    ['a draft', [DRAFT], 'notPublished'],
    ['a sale that is being published', [aSale({ status: 'publishing' })], 'notPublished'],
  ] as const)('of %s is refused and changes nothing', async (_what, stored, kind) => {
    const { ports, statuses, told } = rig(stored);
    expect(await closeSale('sale-1', ports)).toEqual({ kind });
    expect([statuses, told]).toEqual([[], []]);
  });
});
