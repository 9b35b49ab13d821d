import { map } from 'rxjs';
import { describe, it } from 'vitest';
import { type PromiseMarbles, promiseMarbles } from '../../../test/support/promise-marbles.ts';
import { wholeSeconds } from './whole-seconds.ts';

/** Letters are chunks of one entry whose reservation is of the running second; upper case: of the next one. */
function setUp(m: PromiseMarbles, chunks: string, limits: { readonly size?: number; readonly marginMs?: number } = {}) {
  const chunk$ = m.hot(chunks).pipe(
    map((letter) => {
      const offset = letter.toLowerCase().charCodeAt(0);
      const second = Math.floor(m.clock.now() / 1000) + (letter < 'a' ? 1 : 0);
      const deltas = [{ saleId: 's', offset, second, reserved: 1 }];
      return { partition: 0, entries: [{ offset, deltas }], ack: () => undefined };
    }),
  );
  const { size = 9, marginMs = 0 } = limits;
  const options = { size, marginMs, periodMs: 1000, clock: m.clock, scheduler: m.scheduler };
  return chunk$.pipe(
    wholeSeconds(options),
    map((batches) =>
      batches.flatMap(({ entries }) => entries.map(({ offset }) => String.fromCharCode(offset))).join(''),
    ),
  );
}

describe('wholeSeconds', () => {
  it('emits at the end of a second what is of that second', () =>
    promiseMarbles((m) => {
      const out$ = setUp(m, 'a 299ms b 2s |');
      m.expectObservable(out$).toBe('1s x 1300ms |', { x: 'ab' });
    }));

  it('waits for a margin, and keeps meanwhile what is of the next second', () =>
    promiseMarbles((m) => {
      const out$ = setUp(m, 'a 1049ms b 2s |', { marginMs: 100 });
      m.expectObservable(out$).toBe('1100ms x 999ms y 950ms |', { x: 'a', y: 'b' });
    }));

  it('holds an entry for two ends of a second at the most, and looks again without a further one', () =>
    promiseMarbles((m) => {
      const out$ = setUp(m, 'A 3s |');
      m.expectObservable(out$).toBe('2s x 1s |', { x: 'a' });
    }));

  it('emits all that it holds once it is full', () =>
    promiseMarbles((m) => {
      const out$ = setUp(m, 'aBc 2s |', { size: 2 });
      m.expectObservable(out$).toBe('-x 998ms y 1002ms |', { x: 'ab', y: 'c' });
    }));

  it('emits all that it holds before the end and before an error', () =>
    promiseMarbles((m) => {
      m.expectObservable(setUp(m, 'aB|')).toBe('--(x|)', { x: 'ab' });
      m.expectObservable(setUp(m, 'aB#')).toBe('--(x#)', { x: 'ab' });
    }));

  it('emits nothing when there is nothing', () =>
    promiseMarbles((m) => {
      m.expectObservable(setUp(m, '3s |')).toBe('3s |');
    }));
});
