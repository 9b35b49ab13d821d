import { map } from 'rxjs';
import { describe, it } from 'vitest';
import { type PromiseMarbles, promiseMarbles } from '../../../test/support/promise-marbles.ts';
import { wholeSeconds } from './whole-seconds.ts';

/** Milliseconds between the chunks of a busy log. */
const EVERY_MS = 80;

/** So many chunks of a busy log, by letters; upper case: the reservation is of the next second, as by a clock that is ahead. */
const busy = (letters: string) => [...letters].join(` ${EVERY_MS - 1}ms `);

/** Counts the entries of each emission. A chunk has one entry, whose reservation is of the running second. */
function countsOf(
  m: PromiseMarbles,
  chunks: string,
  limits: { readonly size?: number; readonly marginMs?: number } = {},
) {
  const chunk$ = m.hot(chunks).pipe(
    map((letter, offset) => {
      const second = Math.floor(m.clock.now() / 1000) + (letter === 'A' ? 1 : 0);
      const deltas = [{ saleId: 's', offset, second, reserved: 1 }];
      return { partition: 0, entries: [{ offset, deltas }], ack: () => undefined };
    }),
  );
  const { size = 99, marginMs = 0 } = limits;
  const options = { size, marginMs, quietMs: 100, clock: m.clock, scheduler: m.scheduler };
  return chunk$.pipe(
    wholeSeconds(options),
    map((batches) => batches.flatMap(({ entries }) => entries).length),
  );
}

describe('wholeSeconds', () => {
  it('emits at the end of a second what is of that second, and the rest when the log is quiet', () =>
    promiseMarbles((m) => {
      // At 0, 80 … 2,320 ms: 13 in the first second, 12 in the next one.
      const count$ = countsOf(m, `${busy('a'.repeat(30))} 1s |`);
      m.expectObservable(count$).toBe('1s a 1039ms b 399ms c 880ms |', { a: 13, b: 12, c: 5 });
    }));

  it('waits for a margin, and keeps meanwhile what is of the next second', () =>
    promiseMarbles((m) => {
      const count$ = countsOf(m, `${busy('a'.repeat(30))} 1s |`, { marginMs: 200 });
      m.expectObservable(count$).toBe('1200ms a 999ms b 299ms c 820ms |', { a: 13, b: 12, c: 5 });
    }));

  it('holds an entry for two ends of a second at the most, however far ahead its time is', () =>
    promiseMarbles((m) => {
      // Those before the end of the first second are of the second one, and stay once.
      const count$ = countsOf(m, `${busy('A'.repeat(30))} 1s |`);
      m.expectObservable(count$).toBe('2s a 499ms b 820ms |', { a: 13, b: 17 });
    }));

  it('emits all that it holds once it is full', () =>
    promiseMarbles((m) => {
      const count$ = countsOf(m, 'aaa 1s |', { size: 2 });
      m.expectObservable(count$).toBe('-a 200ms b 800ms |', { a: 2, b: 1 });
    }));

  it('emits all that it holds before the end and before an error', () =>
    promiseMarbles((m) => {
      m.expectObservable(countsOf(m, 'aA|')).toBe('--(x|)', { x: 2 });
      m.expectObservable(countsOf(m, 'aA#')).toBe('--(x#)', { x: 2 });
    }));

  it('emits nothing when there is nothing', () =>
    promiseMarbles((m) => {
      m.expectObservable(countsOf(m, '3s |')).toBe('3s |');
    }));
});
