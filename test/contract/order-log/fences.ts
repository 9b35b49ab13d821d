import { describe, expect, it } from 'vitest';
import type { LogRecord } from '../../../src/domain/log-record.ts';
import type { LogEntry, OrderLog } from '../../../src/ports/order-log.ts';
import { logRecords } from '../fixtures.ts';
import type { JoinLog } from './member.ts';

const isFence = (record: LogRecord | undefined) => record?.type === 'fence';
const fencesIn = (entries: readonly LogEntry[]) => entries.map(({ record }) => record).filter(isFence);

/** Records that end the older epochs of a sale. */
export function orderLogFenceTests(log: () => OrderLog, join: JoinLog): void {
  describe('a fence', () => {
    it('is written to every partition, once for each call', async () => {
      const member = join();
      const partitions = await log().appendFence('sale "1"', 7);
      expect(partitions).toBeGreaterThan(0);
      expect(await log().appendFence('sale "1"', 7)).toBe(partitions);
      await member.sees(2 * partitions);

      const fence = { type: 'fence', saleId: 'sale "1"', epoch: 7 };
      const found = [...member.byPartition().values()].map(fencesIn);
      expect(found).toEqual(Array.from({ length: partitions }, () => [fence, fence]));
    });

    it('is after earlier records, and before later ones, in every partition', async () => {
      // Enough for every partition to have some on either side, but for a chance in a million.
      const [before, after] = [logRecords(60), logRecords(60)];
      await Promise.all(before.map((record) => log().append(record)));
      const partitions = await log().appendFence('sale-1', 2);
      await Promise.all(after.map((record) => log().append(record)));
      const member = join();
      await member.sees(120 + partitions);

      const orders = (entries: readonly LogEntry[]) =>
        entries
          .flatMap(({ record }) => (record?.type === 'reservations' ? record.items : []))
          .map((item) => item.orderId);
      const idsOf = (records: typeof before) => records.flatMap(({ items }) => items.map(({ orderId }) => orderId));
      for (const entries of member.byPartition().values()) {
        const at = entries.findIndex(({ record }) => isFence(record));
        expect(idsOf(before)).toEqual(expect.arrayContaining(orders(entries.slice(0, at))));
        expect(idsOf(after)).toEqual(expect.arrayContaining(orders(entries.slice(at))));
      }
    });
  });
}
