import type { OrderStore } from '../../ports/order-store.ts';
import type { SqlDatabase } from './connect.ts';
import { withSqlFaults } from './faults.ts';

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

/** The fences that a group has passed, in either dialect. */
export function createFenceReads(database: SqlDatabase): FenceReads {
  return {
    fences: (group, partition) =>
      withSqlFaults('reading the fences of a partition', async () => {
        const found = await database.rows<FenceRow>(FENCES, group, partition);
        return found.map(({ sale_id, epoch, log_offset }) => ({ saleId: sale_id, epoch, offset: log_offset }));
      }),

    fencePassed: (group, saleId, epoch) =>
      withSqlFaults('counting the partitions behind a fence', async () => {
        const [passed] = await database.rows<{ readonly partitions: number }>(PASSED, group, saleId, epoch);
        return Number(passed?.partitions ?? 0);
      }),
  };
}
