import { throwError } from 'rxjs';
import { describe, it } from 'vitest';
import { type Marbles, marbles } from '../../../test/support/marbles.ts';
import { batchBy } from './batch-by.ts';
import { type BatchMapLimits, batchMap } from './batch-map.ts';

const LIMITS: BatchMapLimits = { size: 2, concurrency: 1, capacity: 3 };

/** Maps batches to their text, each in four frames; `changed` applies at each `x` of `when`. */
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
  it('start waiting batches the moment that more may be in flight', () => {
    marbles((m) => {
      const { output$ } = mapped(m, '(abcdef)----|', LIMITS, '--x', { ...LIMITS, concurrency: 2 });
      m.expectObservable(output$).toBe('f---r-s-t---|', { f: 'no f', r: 'ab', s: 'cd', t: 'e' });
    });
  });

  it('bound batches and waiting items from the next item on', () => {
    marbles((m) => {
      const { output$ } = mapped(m, '-a--(bcdef)|', LIMITS, '---x', { size: 3, concurrency: 1, capacity: 4 });
      m.expectObservable(output$).toBe('----fr---s---(t|)', { f: 'no f', r: 'a', s: 'bcd', t: 'e' });
    });
  });

  it('cancel nothing in flight: a lower limit is reached as batches end', () => {
    marbles((m) => {
      const first = { size: 1, concurrency: 2, capacity: 3 };
      const { output$ } = mapped(m, 'a-b-c---|', first, '---x', { ...first, concurrency: 1 });
      m.expectObservable(output$).toBe('----a-b---(c|)');
    });
  });

  it('are subscribed to for as long as it runs', () => {
    marbles((m) => {
      const { output$, limits$ } = mapped(m, 'a-|', LIMITS, '-x', LIMITS);
      m.expectObservable(output$).toBe('----(a|)');
      m.expectSubscriptions(limits$.subscriptions).toBe('^---!');
    });
  });

  it('fail it when they fail', () => {
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

  it('leave the batch being filled its time, and apply to the next one', () => {
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

  it('fail it when they fail, after emitting what it holds', () => {
    marbles((m) => {
      const limits$ = m.hot<{ size: number; ms: number }>('---#');
      m.expectObservable(m.hot('-a--').pipe(batchBy({ size: 9, ms: 9, limits$ }))).toBe('---(x#)', { x: ['a'] });
    });
  });
});
