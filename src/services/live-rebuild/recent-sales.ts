import type { LogAuditSource } from '../../ports/audit-source.ts';

/** Entries of each partition: more than a worker has in flight. */
const LAST_ENTRIES = 256;

/** The sales of the log's last entries. Errors: those of the port. */
export async function recentSales(source: LogAuditSource): Promise<ReadonlySet<string>> {
  const ranges = await source.ranges();
  const last = ranges.map(({ partition, first, next }) => ({
    partition,
    first: Math.max(first, next - LAST_ENTRIES),
    next,
  }));
  const sales = new Set<string>();
  for await (const { entries } of source.entries(last)) {
    for (const { record } of entries) if (record?.type === 'reservations') sales.add(record.saleId);
  }
  return sales;
}
