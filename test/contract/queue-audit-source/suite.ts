import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LedgerEntry, QueueAuditSource } from '../../../src/ports/audit-source.ts';
import type { ReserveItem, TicketQueue } from '../../../src/ports/ticket-queue.ts';
import { newName, openSale, purchase, purchases } from '../fixtures.ts';

export interface QueueAuditSourceHarness {
  readonly queue: TicketQueue;
  readonly auditSource: QueueAuditSource;
  readonly close: () => Promise<void>;
}

/** Tests of the audit source of a ticket queue. */
export function queueAuditSourceContract(name: string, open: () => Promise<QueueAuditSourceHarness>): void {
  describe(`${name} as an audit source`, () => {
    let harness: QueueAuditSourceHarness;

    beforeAll(async () => {
      harness = await open();
    });
    afterAll(() => harness.close());

    const ledger = (saleId: string) => all(harness.auditSource.reservations(saleId));
    const queued = async (saleId: string) => (await all(harness.auditSource.queued(saleId))).sort((a, b) => a - b);
    const loaded = async (total: number, perBuyerLimit = total) => {
      const sale = openSale({ total, perBuyerLimit });
      await harness.queue.load(sale);
      return sale;
    };

    it('is empty for an unknown sale', async () => {
      const saleId = newName('sale');
      expect(await harness.auditSource.snapshot(saleId)).toBeUndefined();
      expect(await ledger(saleId)).toEqual([]);
      expect(await queued(saleId)).toEqual([]);
      expect(await harness.auditSource.heldByBuyers(saleId)).toBe(0);
    });

    it('lists reservations, whether they are published, and queued tickets, returned ones included', async () => {
      const sale = await loaded(6);
      const buyers = ['a', 'a', 'Zoë "☃"\n', 'b'].map((userId) => purchase({ userId }));
      await harness.queue.reserve(sale.id, 1, buyers);
      const [first, second, third, fourth] = buyers.map(({ orderId }) => orderId) as [string, string, string, string];
      await harness.queue.published(sale.id, 1, [first, third]);
      const before = await harness.auditSource.snapshot(sale.id);
      await harness.queue.release(sale.id, [fourth]);

      const entries: LedgerEntry[] = [
        { orderId: first, tickets: [1], userId: 'a', published: true },
        { orderId: second, tickets: [2], userId: 'a', published: false },
        { orderId: third, tickets: [3], userId: 'Zoë "☃"\n', published: true },
      ];
      expect((await ledger(sale.id)).toSorted(byFirstTicket)).toEqual(entries);
      expect(await queued(sale.id)).toEqual([4, 5, 6]);
      expect(await harness.auditSource.heldByBuyers(sale.id)).toBe(3);
      const after = await harness.auditSource.snapshot(sale.id);
      expect(before).toMatchObject({ epoch: 1, total: 6, held: 4, remaining: 2, pending: 2 });
      expect(after).toMatchObject({ epoch: 1, total: 6, held: 3, remaining: 3, pending: 1 });
      expect(after?.version).toBe((await harness.queue.stock(sale.id))?.version);
      expect(after?.version).toBeGreaterThan(before?.version ?? 0);
    });

    it('lists all tickets of an order, and counts tickets', async () => {
      const sale = await loaded(12, 5);
      const items = [
        ...[purchase({ quantity: 3, userId: 'a' }), purchase({ userId: 'a' }), purchase({ quantity: 2 })],
        ...[purchase({ quantity: 4 }), purchase()],
      ];
      await harness.queue.reserve(sale.id, 1, items);
      const [first, second, third, fourth, fifth] = items as [ReserveItem, ReserveItem, ...ReserveItem[]];
      await harness.queue.published(sale.id, 1, [first.orderId]);
      expect(await harness.auditSource.snapshot(sale.id)).toMatchObject({
        total: 12,
        held: 11,
        remaining: 1,
        pending: 4,
      });
      expect(await harness.auditSource.heldByBuyers(sale.id)).toBe(11);
      await harness.queue.release(sale.id, [third?.orderId ?? '', fifth?.orderId ?? '']);
      await harness.queue.forfeit(sale.id, [{ orderId: fourth?.orderId ?? '', tickets: [8, 9] }]);

      expect((await ledger(sale.id)).toSorted(byFirstTicket)).toEqual([
        { orderId: first.orderId, tickets: [1, 2, 3], userId: 'a', published: true },
        { orderId: second.orderId, tickets: [4], userId: 'a', published: false },
      ]);
      expect(await queued(sale.id)).toEqual([5, 6, 7, 10, 11, 12]);
      expect(await harness.auditSource.heldByBuyers(sale.id)).toBe(4);
      expect(await harness.auditSource.snapshot(sale.id)).toMatchObject({ held: 4, remaining: 6, pending: 1 });
    });

    it('is read in pages, each entry once while nothing changes', async () => {
      const sale = await loaded(26_000, 2);
      const sold: string[] = [];
      for (let n = 0; n < 20; n += 1) {
        const items = purchases(250);
        await harness.queue.reserve(sale.id, 1, items);
        sold.push(...items.map(({ orderId }) => orderId));
      }
      const back = sold.filter((_, n) => n % 2 === 0);
      await harness.queue.release(sale.id, back.slice(0, 1000));
      await harness.queue.release(sale.id, back.slice(1000));
      const held = sold.filter((_, n) => n % 2 === 1);
      expect((await ledger(sale.id)).map(({ orderId }) => orderId).sort()).toEqual(held.sort());
      const free = Array.from({ length: 26_000 }, (_, n) => n + 1).filter((n) => n > 5000 || n % 2 === 1);
      expect(await queued(sale.id)).toEqual(free);
      expect(await harness.auditSource.heldByBuyers(sale.id)).toBe(2500);
    });
  });
}

function byFirstTicket({ tickets: [a = 0] }: LedgerEntry, { tickets: [b = 0] }: LedgerEntry): number {
  return a - b;
}

async function all<T>(pages: AsyncIterable<readonly T[]>): Promise<T[]> {
  const values: T[] = [];
  for await (const page of pages) values.push(...page);
  return values;
}
