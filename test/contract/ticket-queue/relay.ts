import { describe, expect, it, vi } from 'vitest';
import type { ReserveItem, StrandedReservation } from '../../../src/ports/ticket-queue.ts';
import { purchase, purchases } from '../fixtures.ts';
import type { QueueBench } from './harness.ts';

/** Short enough to wait for, longer than the time between two lines of a test. */
const SHORT_LEASE_MS = 100;

const NEVER_MS = 3_600_000;

/** The clock of a real queue can't be set, so a claim is repeated until something is due. */
export function ticketQueueRelayTests({ queue, load, answers, audit }: QueueBench): void {
  describe('stranded reservations', () => {
    const claim = (saleId: string, leaseMs: number, max = 100): Promise<readonly StrandedReservation[]> =>
      queue().claimStranded(saleId, { leaseMs, max });
    const claimWhenDue = (saleId: string, leaseMs: number, max = 100): Promise<readonly StrandedReservation[]> =>
      vi.waitFor(
        async () => {
          const claimed = await claim(saleId, leaseMs, max);
          expect(claimed).not.toEqual([]);
          return claimed;
        },
        { timeout: 10_000, interval: 5 },
      );
    const idsOf = (reservations: readonly { readonly orderId: string }[]): string[] =>
      reservations.map(({ orderId }) => orderId);

    it('are not claimed before their lease is over', async () => {
      const saleId = await load();
      await queue().reserve(saleId, 1, purchases(3));

      expect(await claim(saleId, NEVER_MS)).toEqual([]);
    });

    it('have all that a log record needs', async () => {
      const saleId = await load();
      const item = purchase({ key: 'k:1' });
      const [answer] = await answers(saleId, [item]);
      const { orderId, userId, key } = item;
      const { tickets, reservedAt } = answer as { tickets: readonly number[]; reservedAt: number };

      expect(await claimWhenDue(saleId, 1)).toEqual([{ orderId, userId, key, tickets, reservedAt }]);
    });

    it('are leased to their claimer', async () => {
      const saleId = await load();
      await queue().reserve(saleId, 1, purchases(3));
      await claimWhenDue(saleId, 1);

      expect(await claim(saleId, NEVER_MS)).toEqual([]);
    });

    it('are claimed again after an unused lease', async () => {
      const saleId = await load();
      const items = purchases(3);
      await queue().reserve(saleId, 1, items);
      await claimWhenDue(saleId, 1);

      expect(idsOf(await claimWhenDue(saleId, SHORT_LEASE_MS))).toEqual(idsOf(items));
    });

    it('are claimed oldest first, claimed ones last', async () => {
      const saleId = await load();
      const [older, newer] = [purchase(), purchase()];
      await queue().reserve(saleId, 1, [older]);
      await passes(1);
      await queue().reserve(saleId, 1, [newer]);
      await passes(SHORT_LEASE_MS);

      expect(idsOf(await claim(saleId, SHORT_LEASE_MS, 1))).toEqual([older.orderId]);
      await passes(SHORT_LEASE_MS);
      expect(idsOf(await claim(saleId, SHORT_LEASE_MS, 1))).toEqual([newer.orderId]);
      expect(idsOf(await claim(saleId, SHORT_LEASE_MS, 1))).toEqual([older.orderId]);
    });

    it('go to one of two concurrent claimers each', async () => {
      const saleId = await load({ total: 20 });
      const items = purchases(20);
      await queue().reserve(saleId, 1, items);
      const claimed: string[] = [];
      await vi.waitFor(
        async () => {
          const both = await Promise.all([claim(saleId, 1_000, 7), claim(saleId, 1_000, 7)]);
          claimed.push(...both.flatMap(idsOf));
          expect(claimed.length).toBeGreaterThanOrEqual(items.length);
        },
        { timeout: 10_000, interval: 5 },
      );

      expect(claimed.toSorted()).toEqual(idsOf(items));
    });

    it('are not claimed once they are published, others of the batch are', async () => {
      const saleId = await load();
      const items = purchases(4);
      await queue().reserve(saleId, 1, items);
      const [a, b, c, d] = idsOf(items) as [string, string, string, string];
      await queue().published(saleId, 1, [b, 'unknown', d]);
      await queue().published(saleId, 1, [b]);

      expect(idsOf(await claimWhenDue(saleId, 1))).toEqual([a, c]);
      await queue().published(saleId, 1, [a, c]);
      expect(await audit(saleId)).toMatchObject({ pending: 0, held: 4 });
    });

    it('stay if a caller of another epoch publishes them', async () => {
      const saleId = await load({ epoch: 5 });
      const item = purchase();
      await queue().reserve(saleId, 5, [item]);
      await queue().published(saleId, 4, [item.orderId]);
      await queue().published(saleId, 6, [item.orderId]);

      expect(await audit(saleId)).toMatchObject({ pending: 1 });
    });

    it('can be published after a part of their batch was claimed', async () => {
      const saleId = await load();
      const items = purchases(4);
      await queue().reserve(saleId, 1, items);
      const claimed = idsOf(await claimWhenDue(saleId, 1, 2));
      await queue().published(saleId, 1, claimed);

      expect(await audit(saleId)).toMatchObject({ pending: 2 });
      expect(idsOf(await claimWhenDue(saleId, 1))).toEqual(idsOf(items).filter((id) => !claimed.includes(id)));
      await queue().published(saleId, 1, idsOf(items));
      expect(await audit(saleId)).toMatchObject({ pending: 0 });
    });

    it('are found among many sales in one call, until they are published', async () => {
      const some = await Promise.all(Array.from({ length: 6 }, () => load()));
      const [first, second, published] = some as [string, string, string];
      const items = [first, second, published].map(() => purchase());
      for (const [n, saleId] of [first, second, published].entries()) {
        await queue().reserve(saleId, 1, [items[n] as ReserveItem]);
      }
      await queue().published(published, 1, idsOf([items[2] as ReserveItem]));
      const asked = [...some, ...Array.from({ length: 600 }, (_, n) => `no-such-sale-${n}`)];
      const found = await queue().withUnpublished(asked);

      expect(found.filter((saleId) => some.includes(saleId)).toSorted()).toEqual([first, second].toSorted());
      expect(await queue().withUnpublished([])).toEqual([]);
    });

    it('are not claimed once they are released', async () => {
      const saleId = await load();
      const [released, kept] = [purchase(), purchase()];
      await queue().reserve(saleId, 1, [released, kept]);
      await queue().release(saleId, [released.orderId]);

      expect(idsOf(await claimWhenDue(saleId, 1))).toEqual([kept.orderId]);
    });
  });
}

/** Resolves when the wall clock, which a queue on this machine shares, has advanced by more than `ms`. */
async function passes(ms: number): Promise<void> {
  const since = Date.now();
  await vi.waitFor(() => expect(Date.now()).toBeGreaterThan(since + ms), { timeout: 10_000, interval: 1 });
}
