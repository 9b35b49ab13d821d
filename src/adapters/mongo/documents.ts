import type { AnyBulkWriteOperation } from 'mongodb';
import type { LiveDelta } from '../../ports/live-state.ts';

/**
 * The part of a sale, or of one second of it, that comes from one partition of the log. Each document has the offset of
 * the last entry in it and is only updated if that is as expected, so a repeated or outdated call changes nothing. No
 * document has the position of a partition as a whole: without transactions a crash could leave it ahead of the others,
 * or behind them.
 *
 * Partitions never share a document: FerretDB loses one of two concurrent updates.
 */
export interface LiveDocument {
  /** `<sale>:<partition>` or `<sale>:<second>:<partition>`. */
  readonly _id: string;
  readonly sale: string;
  /** Seconds since 1970; only in a document of one second. */
  readonly second?: number;
  readonly applied: number;
  readonly reserved: number;
  readonly version: number;
}

/** The deltas of one call that belong to one document. */
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
