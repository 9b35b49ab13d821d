import type { AnyBulkWriteOperation, Collection } from 'mongodb';
import { MongoBulkWriteError } from 'mongodb';
import { chunked } from '../../domain/chunked.ts';
import { Fault } from '../../domain/errors.ts';
import type { Change, LiveDocument } from './documents.ts';
import { writeOf } from './documents.ts';
import { DUPLICATE_KEY } from './faults.ts';

/** Limit of cached documents: those of the last minutes of a few sales, over all partitions. */
const MAX_CACHED = 10_000;

/** Retries while another process writes the same partition: a member that the group has just removed. */
const MAX_ROUNDS = 10;

/** Insertions of one call. */
const MAX_INSERTIONS = 1000;

/**
 * Updates of one call. FerretDB 1.24 keeps a connection of its SQLite pool for each of them until the call ends, and calls that
 * together want more than there are wait for each other for ever.
 */
const MAX_UPDATES = 16;

/** Applies changes to one collection, each once, even if a part of them is applied already. */
export class Applier {
  readonly #collection: Collection<LiveDocument>;
  /** The last offset that was seen in each document. An outdated one costs a round trip, but never a wrong sum. */
  readonly #seen = new Map<string, number>();

  constructor(collection: Collection<LiveDocument>) {
    this.#collection = collection;
  }

  async apply(changes: readonly Change[]): Promise<void> {
    let left = changes.flatMap((change) => this.#unapplied(change));
    for (let round = 0; left.length > 0; round += 1) {
      if (round === MAX_ROUNDS) throw new Fault('unavailable', 'MongoDB: a partition has another writer');
      const refused = await this.#write(left);
      await Promise.all(refused.map((change) => this.#refresh(change)));
      left = refused.flatMap((change) => this.#unapplied(change));
    }
  }

  /** Writes all changes; returns those whose documents are not as they were last seen. */
  async #write(changes: readonly Change[]): Promise<Change[]> {
    const refused = await this.#refusedOf(changes);
    if (this.#seen.size > MAX_CACHED) this.#seen.clear();
    changes.forEach(({ _id, deltas }, index) => {
      const last = deltas.at(-1);
      if (!refused.has(index) && last !== undefined) this.#seen.set(_id, last.offset);
    });
    return changes.filter((_, index) => refused.has(index));
  }

  async #refusedOf(changes: readonly Change[]): Promise<ReadonlySet<number>> {
    const writes = changes.map((change) => writeOf(change, this.#seen.get(change._id)));
    try {
      return new Set(await writeAll(this.#collection, writes));
    } catch (error) {
      // Which of them were written is unknown, so the documents are read before the next attempt.
      for (const { _id } of changes) this.#seen.delete(_id);
      throw error;
    }
  }

  async #refresh({ _id }: Change): Promise<void> {
    const document = await this.#collection.findOne({ _id });
    if (document === null) this.#seen.delete(_id);
    else this.#seen.set(_id, document.applied);
  }

  /** The part of a change that is not in its document yet, as far as that is known. */
  #unapplied(change: Change): Change[] {
    const applied = this.#seen.get(change._id) ?? -1;
    const deltas = change.deltas.filter(({ offset }) => offset > applied);
    return deltas.length === 0 ? [] : [{ ...change, deltas }];
  }
}

/**
 * Writes all; returns the indexes of insertions that found a document. Errors: those of the driver; some may be written then.
 */
export async function writeAll(
  collection: Collection<LiveDocument>,
  writes: readonly AnyBulkWriteOperation<LiveDocument>[],
): Promise<readonly number[]> {
  const refused: number[] = [];
  for (const call of callsOf(writes)) {
    const together = call.map(({ write }) => write);
    const found = new Set(await writeTogether(collection, together));
    refused.push(...call.filter((_, place) => found.has(place)).map(({ index }) => index));
  }
  return refused;
}

interface NumberedWrite {
  readonly write: AnyBulkWriteOperation<LiveDocument>;
  readonly index: number;
}

function callsOf(writes: readonly AnyBulkWriteOperation<LiveDocument>[]): readonly (readonly NumberedWrite[])[] {
  const numbered = writes.map((write, index) => ({ write, index }));
  const insertions = numbered.filter(({ write }) => 'insertOne' in write);
  const updates = numbered.filter(({ write }) => !('insertOne' in write));
  return [...chunked(insertions, MAX_INSERTIONS), ...chunked(updates, MAX_UPDATES)];
}

async function writeTogether(
  collection: Collection<LiveDocument>,
  writes: AnyBulkWriteOperation<LiveDocument>[],
): Promise<readonly number[]> {
  try {
    await collection.bulkWrite(writes, { ordered: false });
    return [];
  } catch (error) {
    const duplicates = duplicatesOf(error);
    if (duplicates.length > 0) return duplicates;
    throw error;
  }
}

/** The indexes of writes whose document was not as expected; none if there was any other error. */
function duplicatesOf(error: unknown): number[] {
  if (!(error instanceof MongoBulkWriteError)) return [];
  const errors = Array.isArray(error.writeErrors) ? error.writeErrors : [error.writeErrors];
  return errors.every(({ code }) => code === DUPLICATE_KEY) ? errors.map(({ index }) => index) : [];
}
