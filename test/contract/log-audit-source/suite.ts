import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LogRecord } from '../../../src/domain/log-record.ts';
import type { LogAuditSource, LogPage, LogRange } from '../../../src/ports/audit-source.ts';
import type { OrderLog } from '../../../src/ports/order-log.ts';
import { logRecord, logRecords } from '../fixtures.ts';

export interface LogAuditSourceHarness {
  /** An empty log. */
  readonly log: OrderLog;
  readonly auditSource: LogAuditSource;
  readonly close: () => Promise<void>;
}

/** Tests of the audit source of an order log. */
export function logAuditSourceContract(name: string, open: () => Promise<LogAuditSourceHarness>): void {
  describe(`${name} as an audit source`, () => {
    let harness: LogAuditSourceHarness;

    beforeEach(async () => {
      harness = await open();
    });
    afterEach(() => harness.close());

    const read = async (ranges: readonly LogRange[]) => {
      const pages: LogPage[] = [];
      for await (const page of harness.auditSource.entries(ranges)) pages.push(page);
      return pages;
    };
    const recordsIn = (pages: readonly LogPage[]) =>
      pages.flatMap(({ entries }) => entries.flatMap(({ record }) => record ?? []));
    const byOrder = (records: readonly LogRecord[]) =>
      records.map((record) => (record.type === 'reservations' ? record.items[0]?.orderId : record.type)).sort();

    it('is empty with the log', async () => {
      const ranges = await harness.auditSource.ranges();
      expect(ranges.length).toBeGreaterThan(0);
      for (const { first, next } of ranges) expect([first, next]).toEqual([0, 0]);
      expect(await read(ranges)).toEqual([]);
    });

    it('returns all entries of each partition, each once and in order', async () => {
      const records = logRecords(200);
      await Promise.all(records.map((record) => harness.log.append(record)));
      await harness.log.appendFence('sale-1', 2);
      const ranges = await harness.auditSource.ranges();
      const pages = await read(ranges);
      const fences = ranges.map((): LogRecord => ({ type: 'fence', saleId: 'sale-1', epoch: 2 }));
      expect(byOrder(recordsIn(pages))).toEqual(byOrder([...records, ...fences]));
      for (const { partition, first, next } of ranges) {
        const offsets = pages
          .filter((page) => page.partition === partition)
          .flatMap(({ entries }) => entries.map(({ offset }) => offset));
        expect(offsets).toEqual([...new Set(offsets)].toSorted((a, b) => a - b));
        expect(offsets.at(-1)).toBe(next - 1);
        expect(first).toBe(0);
      }
    });

    it('ends where the ranges end, whatever is appended later', async () => {
      const [before, after] = [logRecords(20), logRecords(20)];
      for (const record of before) await harness.log.append(record);
      const ranges = await harness.auditSource.ranges();
      for (const record of after) await harness.log.append(record);
      expect(byOrder(recordsIn(await read(ranges)))).toEqual(byOrder(before));
      const rest = (await harness.auditSource.ranges()).map((range) => ({
        ...range,
        first: ranges.find(({ partition }) => partition === range.partition)?.next ?? 0,
      }));
      expect(byOrder(recordsIn(await read(rest)))).toEqual(byOrder(after));
    });

    it('may be closed halfway, and read again', async () => {
      await harness.log.append(logRecord(1));
      const ranges = await harness.auditSource.ranges();
      for await (const _page of harness.auditSource.entries(ranges)) break;
      expect(recordsIn(await read(ranges))).toHaveLength(1);
    });
  });
}
