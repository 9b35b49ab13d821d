import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { purchases } from '../fixtures.ts';
import { ticketQueueAttemptsTests } from './attempts.ts';
import { ticketQueueChangeTests } from './changes.ts';
import { ticketQueueEndedTests } from './ended.ts';
import { ticketQueueForfeitTests } from './forfeit.ts';
import { ticketQueueGateTests } from './gate.ts';
import { type AuditedQueue, queueBench, ticketOf } from './harness.ts';
import { ticketQueueKeyTests } from './keys.ts';
import { ticketQueueModelTests } from './properties.ts';
import { ticketQueueQuantityTests } from './quantities.ts';
import { ticketQueueQuantityLimitTests } from './quantity-limit.ts';
import { ticketQueueRelayTests } from './relay.ts';
import { ticketQueueRemoveTests } from './remove.ts';
import { ticketQueueSellingTests } from './selling.ts';
import { ticketQueueSeveralSalesTests } from './several-sales.ts';
import { ticketQueueStockTests } from './stock.ts';

export interface QueueHarness extends AuditedQueue {
  /** Drops everything in memory and opens the same data again; absent for queues that persist nothing. */
  readonly reopen?: () => Promise<AuditedQueue>;
  readonly close: () => Promise<void>;
}

/** Tests of the ticket queue port. Each test has its own sales, so all share one harness. */
export function ticketQueueContract(name: string, open: () => Promise<QueueHarness>): void {
  describe(`${name} as a ticket queue`, () => {
    let harness: QueueHarness;
    let audited: AuditedQueue;

    beforeAll(async () => {
      harness = await open();
      audited = harness;
    });
    afterAll(() => harness.close());

    const bench = queueBench(() => audited);
    const { queue, load, answers, audit } = bench;
    ticketQueueSellingTests(bench);
    ticketQueueKeyTests(bench);
    ticketQueueGateTests(bench);
    ticketQueueChangeTests(bench);
    ticketQueueAttemptsTests(bench);
    ticketQueueEndedTests(bench);
    ticketQueueForfeitTests(bench);
    ticketQueueQuantityTests(bench);
    ticketQueueQuantityLimitTests(bench);
    ticketQueueRelayTests(bench);
    ticketQueueRemoveTests(bench);
    ticketQueueStockTests(bench);
    ticketQueueSeveralSalesTests(bench);
    ticketQueueModelTests(bench);

    it('answers a ping', async () => {
      await expect(queue().ping()).resolves.toBeUndefined();
    });

    it('has all that it answered after it is opened again', async ({ skip }) => {
      const { reopen } = harness;
      if (reopen === undefined) return skip('this queue persists nothing');
      const saleId = await load();
      const items = [...purchases(2), ...purchases(2, { quantity: 2 })];
      const first = await answers(saleId, items);
      await queue().release(saleId, [items[0]?.orderId ?? '', items[2]?.orderId ?? '']);
      await queue().published(saleId, 1, [items[1]?.orderId ?? '']);
      const before = { audit: await audit(saleId), stock: await queue().stock(saleId) };
      audited = await reopen();

      expect({ audit: await audit(saleId), stock: await queue().stock(saleId) }).toEqual(before);
      expect(await answers(saleId, items)).toEqual(first);
      expect((await answers(saleId, purchases(7))).map(ticketOf)).toEqual([7, 8, 9, 10, 1, 3, 4]);
    });
  });
}
