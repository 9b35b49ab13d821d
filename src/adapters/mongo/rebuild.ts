import type { AnyBulkWriteOperation, Collection } from 'mongodb';
import { Fault } from '../../domain/errors.ts';
import type { CountedPartition, CountedSecond, LogTally, Rebuilt } from '../../ports/live-state.ts';
import { writeAll } from './apply.ts';
import { documentsOf, idOf, type LiveDocument, partitionOf } from './documents.ts';

/** Reads of the documents until none is wrong any more: the live view may change them meanwhile. */
const MAX_ROUNDS = 20;

type Write = AnyBulkWriteOperation<LiveDocument>;

/**
 * Sets a sale's documents to the figures of the log. It is one more writer beside the live view, and ahead of it: a document
 * is only changed if it is as it was read, and the view skips what its offset includes. The documents are read again until
 * they are right, because FerretDB may lose one of two concurrent updates.
 */
export async function rebuildSale(documents: Collection<LiveDocument>, tally: LogTally): Promise<Rebuilt> {
  const changed = new Set<string>();
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const wrong = wrongIn(await documents.find(documentsOf(tally.saleId)).toArray(), tally);
    if (wrong === 'overtaken') return { kind: 'overtaken' };
    if (wrong.size === 0) return { kind: 'rebuilt', changed: changed.size };
    for (const id of wrong.keys()) changed.add(id);
    // Those that were refused are read again.
    await writeAll(documents, [...wrong.values()]);
  }
  throw new Fault('unavailable', `MongoDB: the documents of ${tally.saleId} have other writers`);
}

/** The writes that correct the documents, by id. */
function wrongIn(
  found: readonly LiveDocument[],
  { saleId, partitions, seconds }: LogTally,
): ReadonlyMap<string, Write> | 'overtaken' {
  const counted = new Map(partitions.map((one) => [one.partition, one]));
  const missing = new Map(seconds.map((one) => [idOf(saleId, one.second, one.partition), one]));
  const writes = new Map<string, Write>();
  for (const document of found) {
    const partition = counted.get(partitionOf(document));
    // A partition that the log does not have: nothing is known about it.
    if (partition === undefined) continue;
    if (document.applied > partition.upTo) return 'overtaken';
    const right = missing.get(document._id);
    missing.delete(document._id);
    if (document.second < partition.since || isRight(document, right)) continue;
    writes.set(document._id, correction(document, right?.reserved ?? 0, partition.upTo));
  }
  for (const [id, one] of missing) {
    const partition = counted.get(one.partition);
    if (partition === undefined || one.second < partition.since) continue;
    writes.set(id, insertion(saleId, one, partition));
  }
  return writes;
}

/** A document that has the right figure, but an older offset, would count entries again. */
function isRight({ reserved, applied }: LiveDocument, right: CountedSecond | undefined): boolean {
  return right === undefined ? reserved === 0 : reserved === right.reserved && applied >= right.last;
}

function correction({ _id, applied, version }: LiveDocument, reserved: number, upTo: number): Write {
  const update = { $set: { reserved, applied: upTo }, $inc: { version: 1 } };
  return { updateOne: { filter: { _id, applied, version }, update } };
}

function insertion(sale: string, { second, reserved }: CountedSecond, { partition, upTo }: CountedPartition): Write {
  const _id = idOf(sale, second, partition);
  return { insertOne: { document: { _id, sale, second, applied: upTo, reserved, version: 1 } } };
}
