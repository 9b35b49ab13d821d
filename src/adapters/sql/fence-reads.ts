import type { OrderStore } from '../../ports/order-store.ts';
import type { SqlDatabase } from './connect.ts';
import { guarded } from './faults.ts';

export type FenceReads = Pick<OrderStore, 'fences' | 'fencePassed'>;

const FENCES =
  'SELECT sale_id, epoch, log_offset FROM log_fences WHERE consumer_group = ? AND log_partition = ? ORDER BY log_offset';

const PASSED =
  'SELECT COUNT(DISTINCT log_partition) AS partitions FROM log_fences ' +
  'WHERE consumer_group = ? AND sale_id = ? AND epoch >= ?';

interface FenceRow {
  readonly sale_id: string;
  readonly epoch: number;
  readonly log_offset: number;
}

/** What a group knows of fences, in either dialect. */
export function createFenceReads(database: SqlDatabase): FenceReads {
  const rows = <Row>(sql: string, ...params: readonly (string | number)[]): Promise<Row[]> =>
    database.orm.em.getConnection().execute(sql, [...params]);

  return {
    fences: (group, partition) =>
      guarded('reading the fences of a partition', async () => {
        const found = await rows<FenceRow>(FENCES, group, partition);
        return found.map(({ sale_id, epoch, log_offset }) => ({ saleId: sale_id, epoch, offset: log_offset }));
      }),

    fencePassed: (group, saleId, epoch) =>
      guarded('asking where a fence is', async () => {
        const [passed] = await rows<{ readonly partitions: number }>(PASSED, group, saleId, epoch);
        return Number(passed?.partitions ?? 0);
      }),
  };
}
