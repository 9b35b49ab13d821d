import type { Collection } from 'mongodb';
import { MongoBulkWriteError } from 'mongodb';
import { Fault } from '../../domain/errors.ts';
import type { Change, LiveDocument } from './documents.ts';
import { writeOf } from './documents.ts';
import { DUPLICATE_KEY } from './faults.ts';

/** Documents whose state is remembered: those of the last minutes of a few sales, over all partitions. */
const MAX_REMEMBERED = 10_000;

/** Somebody else moves the same partition each time in between: a member that the group gave up on, for a moment. */
const MAX_ROUNDS = 10;

/** Applies changes to one collection, each once, whatever of them is applied already. */
export class Applier {
  readonly #collection: Collection<LiveDocument>;
  /** The last offset that was seen in a document. A wrong one costs a round trip, never a wrong sum. */
  readonly #seen = new Map<string, number>();

  constructor(collection: Collection<LiveDocument>) {
    this.#collection = collection;
  }

  async apply(changes: readonly Change[]): Promise<void> {
    let left = changes.flatMap((change) => this.#behind(change));
    for (let round = 0; left.length > 0; round += 1) {
      if (round === MAX_ROUNDS) throw new Fault('unavailable', 'MongoDB: a partition has another writer');
      const refused = await this.#write(left);
      await Promise.all(refused.map((change) => this.#look(change)));
      left = refused.flatMap((change) => this.#behind(change));
    }
  }

  /** Writes all that is as it was last seen, in one call; gives back what is not. */
  async #write(changes: readonly Change[]): Promise<Change[]> {
    const refused = await this.#refusedOf(changes);
    if (this.#seen.size > MAX_REMEMBERED) this.#seen.clear();
    changes.forEach(({ _id, deltas }, index) => {
      const last = deltas.at(-1);
      if (!refused.has(index) && last !== undefined) this.#seen.set(_id, last.offset);
    });
    return changes.filter((_, index) => refused.has(index));
  }

  async #refusedOf(changes: readonly Change[]): Promise<ReadonlySet<number>> {
    const writes = changes.map((change) => writeOf(change, this.#seen.get(change._id)));
    try {
      await this.#collection.bulkWrite(writes, { ordered: false });
      return new Set();
    } catch (error) {
      const duplicates = duplicatesOf(error);
      if (duplicates.length > 0) return new Set(duplicates);
      // It is unknown which of them were written: look first, when they are tried again.
      for (const { _id } of changes) this.#seen.delete(_id);
      throw error;
    }
  }

  async #look({ _id }: Change): Promise<void> {
    const document = await this.#collection.findOne({ _id });
    if (document === null) this.#seen.delete(_id);
    else this.#seen.set(_id, document.applied);
  }

  /** What of a change is not in its document yet, as far as that is known. */
  #behind(change: Change): Change[] {
    const applied = this.#seen.get(change._id) ?? -1;
    const deltas = change.deltas.filter(({ offset }) => offset > applied);
    return deltas.length === 0 ? [] : [{ ...change, deltas }];
  }
}

/** Which writes met a document that was not as expected; none if anything else went wrong as well. */
function duplicatesOf(error: unknown): number[] {
  if (!(error instanceof MongoBulkWriteError)) return [];
  const errors = Array.isArray(error.writeErrors) ? error.writeErrors : [error.writeErrors];
  return errors.every(({ code }) => code === DUPLICATE_KEY) ? errors.map(({ index }) => index) : [];
}
