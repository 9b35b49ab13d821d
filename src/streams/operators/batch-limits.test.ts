import { throwError } from 'rxjs';
import { describe, it } from 'vitest';
import { type Marbles, marbles } from '../../../test/support/marbles.ts';
import { batchBy } from './batch-by.ts';
import { type BatchMapLimits, batchMap } from './batch-map.ts';

const LIMITS: BatchMapLimits = { size: 2, concurrency: 1, capacity: 3 };

/** Maps batches to their text, each in four frames; `changed` comes at the `x` of `when`. */
function mapped(m: Marbles, input: string, first: BatchMapLimits, when: string, changed: BatchMapLimits) {
  const limits$ = m.hot(when, { x: changed });
  const op = batchMap<string, string>((items) => m.cold('----(r|)', { r: items.join('') }), {
    ...first,
    keyOf: () => '',
    refuse: (item) => `no ${item}`,
    schedule: m.endOfFrame,
    limits$,
  });
  return { output$: m.hot(input).pipe(op), limits$ };
}

describe('limits of batchMap that change', () => {
  it('let what waits start the moment that more may be under way', () => {
    marbles((m) => {
      const { output$ } = mapped(m, '(abcdef)----|', LIMITS, '--x', { ...LIMITS, concurrency: 2 });
      m.expectObservable(output$).toBe('f---r-s-t---|', { f: 'no f', r: 'ab', s: 'cd', t: 'e' });
    });
  });

  it('bound batches and what waits from the next item on', () => {
    marbles((m) => {
      const { output$ } = mapped(m, '-a--(bcdef)|', LIMITS, '---x', { size: 3, concurrency: 1, capacity: 4 });
      m.expectObservable(output$).toBe('----fr---s---(t|)', { f: 'no f', r: 'a', s: 'bcd', t: 'e' });
    });
  });

  it('cut nothing that is under way: fewer are reached as it ends', () => {
    marbles((m) => {
      const first = { size: 1, concurrency: 2, capacity: 3 };
      const { output$ } = mapped(m, 'a-b-c---|', first, '---x', { ...first, concurrency: 1 });
      m.expectObservable(output$).toBe('----a-b---(c|)');
    });
  });

  it('are listened to for as long as it runs', () => {
    marbles((m) => {
      const { output$, limits$ } = mapped(m, 'a-|', LIMITS, '-x', LIMITS);
      m.expectObservable(output$).toBe('----(a|)');
      m.expectSubscriptions(limits$.subscriptions).toBe('^---!');
    });
  });

  it('fail it when they do', () => {
    marbles((m) => {
      const limits$ = throwError(() => 'broken');
      const op = batchMap<string, string>((items) => items, {
        ...LIMITS,
        keyOf: () => '',
        refuse: (item) => item,
        limits$,
      });
      m.expectObservable(m.hot('--a').pipe(op)).toBe('#', undefined, 'broken');
    });
  });
});

describe('limits of batchBy that change', () => {
  it('set the size from the next item on', () => {
    marbles((m) => {
      const limits$ = m.hot('------x', { x: { size: 2, ms: 99 } });
      const source$ = m.hot('-a-b-c-d-e-f-|');
      const expected = '     -----x---y---(z|)';
      m.expectObservable(source$.pipe(batchBy({ size: 3, ms: 99, limits$ }))).toBe(expected, {
        x: ['a', 'b', 'c'],
        y: ['d', 'e'],
        z: ['f'],
      });
      m.expectSubscriptions(limits$.subscriptions).toBe('^------------!');
    });
  });

  it('leave the batch that fills its time, and give the next one theirs', () => {
    marbles((m) => {
      const limits$ = m.hot('---x', { x: { size: 9, ms: 2 } });
      const source$ = m.hot('-a----b-----c-----|');
      const expected = '     ----------x---y---|';
      m.expectObservable(source$.pipe(batchBy({ size: 9, ms: 9, limits$ }))).toBe(expected, {
        x: ['a', 'b'],
        y: ['c'],
      });
    });
  });

  it('fail it when they do, behind what it holds', () => {
    marbles((m) => {
      const limits$ = m.hot<{ size: number; ms: number }>('---#');
      m.expectObservable(m.hot('-a--').pipe(batchBy({ size: 9, ms: 9, limits$ }))).toBe('---(x#)', { x: ['a'] });
    });
  });
});
