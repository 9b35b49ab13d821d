import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { ENTRIES_PER_TURN, endsTurn, inTurns, pagesInTurns } from './turns.ts';

/** Runs work and counts the turns of the event loop that pass meanwhile. */
async function turnsDuring(work: () => Promise<unknown>): Promise<number> {
  let turns = 0;
  let running = true;
  const counting = (async () => {
    while (running) {
      await nextTurn();
      turns += 1;
    }
  })();
  await work();
  running = false;
  await counting;
  return turns;
}

async function drained<T>(values: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const value of values) all.push(value);
  return all;
}

it('gives all values in their order, without the pauses', async () => {
  expect(await drained(inTurns([1, undefined, 2, undefined, undefined, 3]))).toEqual([1, 2, 3]);
});

it('lets a turn pass after so many values', async () => {
  const values = Array.from({ length: 10 * ENTRIES_PER_TURN }, (_, n) => n);
  expect(await turnsDuring(() => drained(inTurns(values)))).toBeGreaterThanOrEqual(10);
});

it('lets a turn pass where a generator of few values pauses', async () => {
  const searching = function* () {
    for (let entry = 1; entry <= 10 * ENTRIES_PER_TURN; entry += 1) if (endsTurn(entry)) yield undefined;
  };
  expect(await turnsDuring(() => drained(inTurns(searching())))).toBeGreaterThanOrEqual(10);
});

it('lets a turn pass after each page of a source that answers from memory', async () => {
  const pages = async function* () {
    for (let page = 0; page < 20; page += 1) yield [page];
  };
  expect(await turnsDuring(() => drained(pagesInTurns(pages())))).toBeGreaterThanOrEqual(20);
});
