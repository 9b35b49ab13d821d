import type { ReservationsRecord } from '../../domain/log-record.ts';
import type { ConsumeOptions } from '../../ports/order-log.ts';
import type { LogFence, OrderStore } from '../../ports/order-store.ts';

/** Which records the fences of the log end. */
export interface SettlementFences {
  /** A fence that was read in a partition. */
  add(partition: number, fence: LogFence): void;

  /** Whether the record at this place stands behind a fence that ended its epoch. */
  rejects(partition: number, offset: number, record: Pick<ReservationsRecord, 'saleId' | 'epoch'>): boolean;
}

export interface StoredFences extends SettlementFences {
  /** Gives a newly assigned partition its position, and takes over the fences that stand before it. */
  readonly positionOf: NonNullable<ConsumeOptions['positionOf']>;
}

/**
 * The fences of the partitions that this process reads or has read. What is known of a partition only ever grows: a
 * fence is a fact of the log, and says where it stands, so that a record is judged alike whenever and by whomever it is
 * read, chunks included that are still under way when their partition is assigned anew.
 */
export function createFences(store: Pick<OrderStore, 'position' | 'fences'>, group: string): StoredFences {
  const partitions = new Map<number, Map<string, LogFence[]>>();

  const add = (partition: number, { saleId, epoch, offset }: LogFence): void => {
    const sales = partitions.get(partition) ?? new Map<string, LogFence[]>();
    partitions.set(partition, sales);
    const fences = sales.get(saleId) ?? [];
    sales.set(saleId, fences);
    // Of the fences of an epoch the first counts, as in the store.
    if (!fences.some((known) => known.epoch >= epoch && known.offset <= offset)) fences.push({ saleId, epoch, offset });
  };

  return {
    add,
    rejects: (partition, offset, { saleId, epoch }) =>
      partitions
        .get(partition)
        ?.get(saleId)
        ?.some((fence) => fence.epoch > epoch && fence.offset < offset) ?? false,
    positionOf: async (partition) => {
      // The position first: another member may move it on meanwhile, and then the fences are of later, never of before.
      const position = await store.position(group, partition);
      for (const fence of await store.fences(group, partition)) add(partition, fence);
      return position;
    },
  };
}
