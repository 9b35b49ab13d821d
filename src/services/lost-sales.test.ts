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

/** Ids of those that are found, with the queue as `spoil` leaves it. */
async function found(sales: readonly Sale[], spoil: (queue: MemoryTicketQueue, sale: Sale) => void): Promise<string[]> {
  const recovery = new MemoryTicketQueue(clock.now);
  for (const sale of sales) {
    await recovery.load(sale);
    spoil(recovery, sale);
  }
  return [...(await lostSales({ recovery, catalogue: new MemoryCatalogue(sales), clock }))];
}

const statuses = (['closed', 'draft', 'published', 'publishing'] as const).map((status) =>
  aSale({ id: status, status }),
);
/** Ends so many hours before now, and has an hour to pay. */
const endedFor = (hours: number) =>
  aSale({ id: `ended ${hours}`, opensAt: now - 90 * HOUR_MS, closesAt: now - hours * HOUR_MS, payWithinSeconds: 3600 });

describe('the lost sales', () => {
  it('are none of those that are sound', async () => {
    expect(await found(statuses, () => undefined)).toEqual([]);
  });

  it('are those that are public or about to be, if their fence is closed', async () => {
    expect(await found(statuses, (queue, { id }) => queue.lose(id))).toEqual(['closed', 'published', 'publishing']);
  });

  it('are those that are public, if the queue does not know them', async () => {
    expect(await found(statuses, (queue, { id }) => queue.wipe(id))).toEqual(['closed', 'published']);
  });

  it('are those that the queue has at another epoch', async () => {
    expect(
      await found([aSale({ id: 'a' }), aSale({ id: 'b' })], (queue, { id }) => id === 'b' && queue.raiseEpoch(id)),
    ).toEqual(['b']);
  });

  it('are found until a day after their last deadline, and before they open', async () => {
    const upcoming = aSale({ id: 'upcoming', opensAt: now + HOUR_MS, closesAt: now + 2 * HOUR_MS });
    const sales = [endedFor(24.99), endedFor(25), upcoming];

    expect(await found(sales, (queue, { id }) => queue.lose(id))).toEqual(['ended 24.99', 'upcoming']);
  });

  it('are found however many sales there are', async () => {
    const sales = Array.from({ length: 250 }, (_, n) => aSale({ id: `sale-${n + 1000}` }));

    expect(await found(sales, (queue, { id }) => queue.lose(id))).toHaveLength(250);
  });
});
