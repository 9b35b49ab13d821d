import { setImmediate as nextTurn } from 'node:timers/promises';

/** Entries that long work handles in one turn of the event loop: one or two milliseconds. */
export const ENTRIES_PER_TURN = 2000;

/**
 * The values of long work that runs in this thread. A generator yields `undefined` where it has done enough for one turn of
 * the event loop; another turn passes there, and after each {@link ENTRIES_PER_TURN} values.
 */
export async function* inTurns<T>(values: Iterable<T | undefined>): AsyncGenerator<T> {
  let left = ENTRIES_PER_TURN;
  for (const value of values) {
    if (value !== undefined) {
      yield value;
      left -= 1;
    }
    if (value !== undefined && left > 0) continue;
    left = ENTRIES_PER_TURN;
    await nextTurn();
  }
}

/** Pages of a source. A turn of the event loop passes after each, also if the source answers from memory. */
export async function* pagesInTurns<T>(pages: AsyncIterable<T>): AsyncGenerator<T> {
  for await (const page of pages) {
    yield page;
    await nextTurn();
  }
}

/** Whether a loop over entries, which counts them from 1, has done enough for a turn. */
export function endsTurn(entry: number): boolean {
  return entry % ENTRIES_PER_TURN === 0;
}
