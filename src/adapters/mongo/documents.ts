import type { AnyBulkWriteOperation } from 'mongodb';
import type { LiveDelta } from '../../ports/live-state.ts';

/**
 * The part of one second of a sale that comes from one partition of the log. Each document has the offset of the last
 * entry in it and is only updated if that is as expected, so a repeated or outdated call changes nothing. No document has
 * the position of a partition as a whole, or the total of a sale: without transactions a crash could leave it ahead of
 * the others, or behind them.
 *
 * Partitions never share a document: FerretDB loses one of two concurrent updates.
 */
export interface LiveDocument {
  /** `<sale>:<second>:<partition>`. */
  readonly _id: string;
  readonly sale: string;
  /** Seconds since 1970. */
  readonly second: number;
  readonly applied: number;
  readonly reserved: number;
  readonly version: number;
}

/** The deltas of one call that belong to one document. */
export interface Change {
  readonly _id: string;
  readonly fields: { readonly sale: string; readonly second: number };
  readonly deltas: readonly LiveDelta[];
}

export function idOf(sale: string, second: number, partition: number): string {
  return `${sale}:${second}:${partition}`;
}

/** The partition that a document is from. */
export function partitionOf({ _id }: LiveDocument): number {
  return Number(_id.slice(_id.lastIndexOf(':') + 1));
}

export function changesOf(partition: number, deltas: readonly LiveDelta[]): Change[] {
  const changes = new Map<string, Change & { deltas: LiveDelta[] }>();
  for (const delta of deltas) {
    const { saleId: sale, second } = delta;
    const _id = idOf(sale, second, partition);
    const change = changes.get(_id);
    if (change === undefined) changes.set(_id, { _id, fields: { sale, second }, deltas: [delta] });
    else change.deltas.push(delta);
  }
  return [...changes.values()];
}

/** Selects a sale's documents by a range of _id, the only index; ';' is the next character after ':'. */
export function documentsOf(sale: string) {
  return { _id: { $gte: `${sale}:`, $lt: `${sale};` }, sale };
}

/**
 * Adds a change to its document if the last offset in that is `applied` (undefined: if there is no document yet).
 * Otherwise the write inserts a document instead, which fails with a duplicate key since there is one.
 */
export function writeOf(
  { _id, fields, deltas }: Change,
  applied: number | undefined,
): AnyBulkWriteOperation<LiveDocument> {
  const reserved = deltas.reduce((sum, delta) => sum + delta.reserved, 0);
  const last = deltas.at(-1)?.offset ?? -1;
  if (applied === undefined) {
    return { insertOne: { document: { _id, ...fields, applied: last, reserved, version: 1 } } };
  }
  return {
    updateOne: {
      filter: { _id, applied },
      update: { $inc: { reserved, version: 1 }, $set: { applied: last, ...fields } },
      upsert: true,
    },
  };
}
