import type { AnyBulkWriteOperation } from 'mongodb';
import type { LiveDelta } from '../../ports/live-state.ts';

/**
 * What one partition of the log holds of a sale, or of one second of it. Each has the offset of the last entry that is
 * in it and changes only if it is as it was seen, so whoever repeats or overtakes changes nothing. There is no document
 * to say how far a partition is as a whole: without transactions a crash could leave it ahead of the others, or behind.
 *
 * No two partitions share a document: FerretDB loses one of two updates that meet.
 */
export interface LiveDocument {
  /** `<sale>:<partition>` or `<sale>:<second>:<partition>`. */
  readonly _id: string;
  readonly sale: string;
  /** Seconds since 1970; only where it is one second's document. */
  readonly second?: number;
  readonly applied: number;
  readonly reserved: number;
  readonly version: number;
}

/** What the deltas of one call change in one document. */
export interface Change {
  readonly _id: string;
  readonly fields: { readonly sale: string; readonly second?: number };
  readonly deltas: readonly LiveDelta[];
}

export function saleChanges(partition: number, deltas: readonly LiveDelta[]): Change[] {
  return grouped(deltas, ({ saleId: sale }) => ({ _id: `${sale}:${partition}`, fields: { sale } }));
}

export function secondChanges(partition: number, deltas: readonly LiveDelta[]): Change[] {
  return grouped(deltas, ({ saleId: sale, second }) => ({
    _id: `${sale}:${second}:${partition}`,
    fields: { sale, second },
  }));
}

function grouped(deltas: readonly LiveDelta[], targetOf: (delta: LiveDelta) => Omit<Change, 'deltas'>): Change[] {
  const changes = new Map<string, Change & { deltas: LiveDelta[] }>();
  for (const delta of deltas) {
    const target = targetOf(delta);
    const change = changes.get(target._id);
    if (change === undefined) changes.set(target._id, { ...target, deltas: [delta] });
    else change.deltas.push(delta);
  }
  return [...changes.values()];
}

/** A sale's documents: a range of _id, the only index there is; ';' comes right after ':'. */
export function documentsOf(sale: string) {
  return { _id: { $gte: `${sale}:`, $lt: `${sale};` }, sale };
}

/**
 * Adds up a change where the last offset is still `applied` (undefined: where there is no document yet). Elsewhere it
 * fails as a duplicate: the insert that is tried instead meets the document that is there.
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
