import type { CountedPartition, LiveDelta } from '../../../../ports/live-state.ts';
import type { Db } from '../../database.ts';

interface RebuiltSale {
  readonly sale: string;
  /** The last offset that is in the sale's figures. */
  readonly upTo: number;
  /** Earlier seconds were not rebuilt. */
  readonly since: number;
}

/** The deltas that are not in their sale's figures yet; forgets the rebuilds that the last of them passes. */
export function withoutRebuilt(db: Db, partition: number, deltas: readonly LiveDelta[]): readonly LiveDelta[] {
  const rebuilt = db.all<RebuiltSale>(
    'SELECT sale, up_to AS upTo, since FROM live_rebuilt WHERE partition = ?',
    partition,
  );
  if (rebuilt.length === 0) return deltas;
  db.run('DELETE FROM live_rebuilt WHERE partition = ? AND up_to <= ?', partition, deltas.at(-1)?.offset ?? -1);
  const bySale = new Map(rebuilt.map((one) => [one.sale, one]));
  return deltas.filter(({ saleId, offset, second }) => {
    const sale = bySale.get(saleId);
    return sale === undefined || offset > sale.upTo || second < sale.since;
  });
}

/** The last offset of a partition that a sale's figures contain. */
export function includedUpTo(db: Db, saleId: string, partition: number): number {
  const rebuilt = db.get<{ upTo: number }>(
    'SELECT up_to AS upTo FROM live_rebuilt WHERE partition = ? AND sale = ?',
    partition,
    saleId,
  );
  return Math.max(appliedUpTo(db, partition), rebuilt?.upTo ?? -1);
}

/** Makes the live view skip what a rebuilt sale contains already. */
export function setRebuilt(db: Db, saleId: string, { partition, upTo, since }: CountedPartition): void {
  if (upTo <= appliedUpTo(db, partition)) return;
  db.run(
    `INSERT INTO live_rebuilt (partition, sale, up_to, since) VALUES (?, ?, ?, ?)
     ON CONFLICT (partition, sale) DO UPDATE SET up_to = excluded.up_to, since = excluded.since`,
    partition,
    saleId,
    upTo,
    since,
  );
}

function appliedUpTo(db: Db, partition: number): number {
  return (
    db.get<{ applied: number }>('SELECT applied FROM live_partition WHERE partition = ?', partition)?.applied ?? -1
  );
}
