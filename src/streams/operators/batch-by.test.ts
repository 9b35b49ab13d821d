import {
  concat,
  defer,
  EMPTY,
  merge,
  of,
  queueScheduler,
  Subject,
  take,
  takeUntil,
  tap,
  throwError,
  timer,
} from 'rxjs';
import { describe, expect, it } from 'vitest';
import { marbles } from '../../../test/support/marbles.ts';
import { batchBy } from './batch-by.ts';

describe('batchBy', () => {
  it('emits a batch the moment it is full', () => {
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const source$ = hot('-a-b-c-d-e-f-|');
      const subs = '       ^------------!';
      const expected = '   -----x-----y-|';
      expectObservable(source$.pipe(batchBy({ size: 3, ms: 99 }))).toBe(expected, {
        x: ['a', 'b', 'c'],
        y: ['d', 'e', 'f'],
      });
      expectSubscriptions(source$.subscriptions).toBe(subs);
    });
  });

  it('emits a batch at its maximum age, counted from its first item, however light', () => {
    marbles(({ hot, expectObservable }) => {
      const source$ = hot('--a-b-----c------|');
      const expected = '   -------x-------y-|';
      expectObservable(source$.pipe(batchBy({ size: 9, ms: 5 }))).toBe(expected, { x: ['a', 'b'], y: ['c'] });
    });
  });

  it('cancels the timer of a full batch, so that the next one has its whole time', () => {
    marbles(({ hot, expectObservable }) => {
      const source$ = hot('a-b-c---------|');
      const expected = '   --x------y----|';
      expectObservable(source$.pipe(batchBy({ size: 2, ms: 5 }))).toBe(expected, { x: ['a', 'b'], y: ['c'] });
    });
  });

  it('emits nothing and has no timer while nothing arrives', () => {
    marbles(({ hot, expectObservable, scheduler, flush }) => {
      const source$ = hot('-a----------------|');
      expectObservable(source$.pipe(batchBy({ size: 9, ms: 3 }))).toBe('----x-------------|', { x: ['a'] });
      flush();
      expect(scheduler.actions).toEqual([]);
    });
  });

  it('makes batches of one when the size is one, and never an empty batch', () => {
    marbles(({ hot, expectObservable }) => {
      expectObservable(hot('a--(bc)--|').pipe(batchBy({ size: 1, ms: 5 }))).toBe('x--(yz)--|', {
        x: ['a'],
        y: ['b'],
        z: ['c'],
      });
      expectObservable(EMPTY.pipe(batchBy({ size: 1, ms: 5 }))).toBe('|');
    });
  });

  it('weighs its items: a batch is full with the item that reaches the size', () => {
    marbles(({ hot, expectObservable }) => {
      const source$ = hot('-1-3-5-0-9-|', { 1: 1, 3: 3, 5: 5, 0: 0, 9: 9 });
      const expected = '   -----x---y-|';
      expectObservable(source$.pipe(batchBy({ size: 6, ms: 99, weigh: (item: number) => item }))).toBe(expected, {
        x: [1, 3, 5],
        y: [0, 9],
      });
    });
  });

  it('emits items without weight when their time is up', () => {
    marbles(({ hot, expectObservable }) => {
      expectObservable(hot('-a-b------|').pipe(batchBy({ size: 1, ms: 5, weigh: () => 0 }))).toBe('------x---|', {
        x: ['a', 'b'],
      });
    });
  });

  it('emits what it holds before it completes', () => {
    marbles(({ hot, expectObservable }) => {
      expectObservable(hot('-a-b|').pipe(batchBy({ size: 9, ms: 99 }))).toBe('----(x|)', { x: ['a', 'b'] });
    });
  });

  it('emits what it holds before it passes an error on', () => {
    marbles(({ hot, expectObservable }) => {
      expectObservable(hot('-a-b#').pipe(batchBy({ size: 9, ms: 99 }))).toBe('----(x#)', { x: ['a', 'b'] });
    });
  });

  it('ends with the error that weigh throws, after emitting what it held', () => {
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const source$ = hot('-a-b-c');
      const error = new Error('no weight');
      const weigh = (item: string) => {
        if (item === 'b') throw error;
        return 1;
      };
      expectObservable(source$.pipe(batchBy({ size: 9, ms: 99, weigh }))).toBe('---(x#)', { x: ['a'] }, error);
      expectSubscriptions(source$.subscriptions).toBe('^--!');
    });
  });

  it('passes on the error of a source that has emitted nothing', () => {
    marbles(({ expectObservable }) => {
      expectObservable(throwError(() => 'error').pipe(batchBy({ size: 9, ms: 99 }))).toBe('#');
    });
  });

  it('unsubscribes from its source and cancels its timer with its subscriber', () => {
    marbles(({ hot, expectObservable, expectSubscriptions, scheduler, flush }) => {
      const source$ = hot('-a-----|');
      const unsub = '       ---!';
      expectObservable(source$.pipe(batchBy({ size: 9, ms: 1000 })), unsub).toBe('----');
      expectSubscriptions(source$.subscriptions).toBe('^--!');
      flush();
      expect(scheduler.now()).toBeLessThan(1000);
    });
  });

  it('unsubscribes from a synchronous source when its subscriber has enough', () => {
    const pulled: string[] = [];
    const pull = (item: string) =>
      defer(() => {
        pulled.push(item);
        return of(item);
      });
    concat(pull('a'), pull('b'), pull('c'))
      .pipe(batchBy({ size: 1, ms: 5 }), take(2))
      .subscribe();
    expect(pulled).toEqual(['a', 'b']);
  });

  it('keeps what its own output makes the source emit for the next batch', () => {
    marbles(({ cold, expectObservable }) => {
      const echo$ = new Subject<string>();
      const echo = ([first = '']: readonly string[]) => {
        if (first === 'a') for (const item of ['c', 'd', 'e']) echo$.next(item);
      };
      const source$ = merge(cold('-a-b---------|'), echo$.pipe(takeUntil(timer(12))));
      const expected = '          ---(xy)z-----|';
      // The echo's batch is full during the flush; its last item waits for its time.
      expectObservable(source$.pipe(batchBy({ size: 2, ms: 4 }), tap(echo))).toBe(expected, {
        x: ['c', 'd'],
        y: ['a', 'b'],
        z: ['e'],
      });
    });
  });

  it('works with a scheduler that runs at once', () => {
    const source$ = new Subject<number>();
    const batches: (readonly number[])[] = [];
    source$.pipe(batchBy({ size: 9, ms: 0, scheduler: queueScheduler })).subscribe((batch) => batches.push(batch));
    source$.next(1);
    source$.next(2);
    expect(batches).toEqual([[1], [2]]);
  });
});
