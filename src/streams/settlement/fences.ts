import type { ReservationsRecord } from '../../domain/log-record.ts';
import type { ConsumeOptions } from '../../ports/order-log.ts';
import type { LogFence, OrderStore } from '../../ports/order-store.ts';

/** Decides which records are rejected by the fences of the log. */
export interface SettlementFences {
  /** Adds a fence read from a partition. */
  add(partition: number, fence: LogFence): void;

  /** Whether the record at this offset lies behind a fence that ended its epoch. */
  rejects(partition: number, offset: number, record: Pick<ReservationsRecord, 'saleId' | 'epoch'>): boolean;
}

export interface StoredFences extends SettlementFences {
  /** Returns the position of a newly assigned partition, after loading the fences before it. */
  readonly positionOf: NonNullable<ConsumeOptions['positionOf']>;
}

/**
 * The fences of the partitions that this process reads or has read. The known fences of a partition only ever grow: a
 * fence is a fact of the log and includes its offset, so a record is judged the same whenever and by whichever process
 * it is read, including chunks still in progress when their partition is reassigned.
 */
export function createFences(store: Pick<OrderStore, 'position' | 'fences'>, group: string): StoredFences {
  const partitions = new Map<number, Map<string, LogFence[]>>();

  const add = (partition: number, { saleId, epoch, offset }: LogFence): void => {
    const sales = partitions.get(partition) ?? new Map<string, LogFence[]>();
    partitions.set(partition, sales);
    const fences = sales.get(saleId) ?? [];
    sales.set(saleId, fences);
    // The first fence of an epoch counts, as in the store.
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
      // Position first: if another member advances it meanwhile, fences of later entries are loaded too, but none of an
      // earlier entry is missed.
      const position = await store.position(group, partition);
      for (const fence of await store.fences(group, partition)) add(partition, fence);
      return position;
    },
  };
}
