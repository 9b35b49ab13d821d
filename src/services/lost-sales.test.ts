import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../test/support/fakes/manual-clock.ts';
import { MemoryCatalogue } from '../../test/support/fakes/memory-catalogue.ts';
import { MemoryTicketQueue } from '../../test/support/fakes/memory-ticket-queue.ts';
import { aSale } from '../../test/support/sales.ts';
import type { Sale } from '../domain/sale.ts';
import { lostSales } from './lost-sales.ts';

const HOUR_MS = 3_600_000;
const clock = new ManualClock();
const now = clock.now();

/** The ids that are found after `spoil` was applied to each sale in the queue. */
async function found(sales: readonly Sale[], spoil: (queue: MemoryTicketQueue, sale: Sale) => void): Promise<string[]> {
  const recovery = new MemoryTicketQueue(clock.now);
  for (const sale of sales) {
    await recovery.load(sale);
    spoil(recovery, sale);
  }
  return [...(await lostSales({ recovery, catalogue: new MemoryCatalogue(sales), clock }))];
}

const statuses = (['archived', 'closed', 'draft', 'published', 'publishing'] as const).map((status) =>
  aSale({ id: status, status }),
);
/** A sale that ended so many hours ago, with an hour to pay. */
const endedFor = (hours: number) =>
  aSale({ id: `ended ${hours}`, opensAt: now - 90 * HOUR_MS, closesAt: now - hours * HOUR_MS, payWithinSeconds: 3600 });

describe('the lost sales', () => {
  it('do not include sound ones', async () => {
    expect(await found(statuses, () => undefined)).toEqual([]);
  });

  it('are those that are public or being published, if their fence is closed', async () => {
    expect(await found(statuses, (queue, { id }) => queue.lose(id))).toEqual(['closed', 'published', 'publishing']);
  });

  it('are those that are public, if the queue does not know them', async () => {
    expect(await found(statuses, (queue, { id }) => queue.wipe(id))).toEqual(['closed', 'published']);
  });

  it('are those that have another epoch in the queue', async () => {
    expect(
      await found([aSale({ id: 'a' }), aSale({ id: 'b' })], (queue, { id }) => id === 'b' && queue.raiseEpoch(id)),
    ).toEqual(['b']);
  });

  it('are found before they open, and until a day after their last deadline', async () => {
    const upcoming = aSale({ id: 'upcoming', opensAt: now + HOUR_MS, closesAt: now + 2 * HOUR_MS });
    const sales = [endedFor(24.99), endedFor(25), upcoming];

    expect(await found(sales, (queue, { id }) => queue.lose(id))).toEqual(['ended 24.99', 'upcoming']);
  });

  it('are found among any number of sales', async () => {
    const sales = Array.from({ length: 250 }, (_, n) => aSale({ id: `sale-${n + 1000}` }));

    expect(await found(sales, (queue, { id }) => queue.lose(id))).toHaveLength(250);
  });
});
