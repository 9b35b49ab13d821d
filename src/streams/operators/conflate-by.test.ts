import { concat, NEVER, of, Subject, throwError } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import { type Marbles, marbles } from '../../../test/support/marbles.ts';
import { conflateBy } from './conflate-by.ts';

/** The key of a value is its case. */
const byCase = ({ scheduler }: Marbles) =>
  conflateBy<string, boolean>({ keyOf: (letter) => letter < 'a', ms: 4, scheduler });

describe('conflateBy', () => {
  it('passes the first value at once, then the last one of each window', () =>
    marbles((m) => {
      const source$ = m.hot('                 -abcd-e--------|');
      m.expectObservable(source$.pipe(byCase(m))).toBe('-a---d---e-----|');
    }));

  it('passes a value at once again after the key was idle for a window', () =>
    marbles((m) => {
      const source$ = m.hot('                 -a----b-----c|');
      m.expectObservable(source$.pipe(byCase(m))).toBe('-a----b-----c|');
    }));

  it('conflates each key on its own', () =>
    marbles((m) => {
      const source$ = m.hot('                 -aBbC----------|');
      m.expectObservable(source$.pipe(byCase(m))).toBe('-aB--bC--------|');
    }));

  it('merges the held value with the next one', () =>
    marbles((m) => {
      const merged$ = m
        .hot('-abcd---|')
        .pipe(conflateBy({ keyOf: () => 0, ms: 4, merge: (held, next) => held + next, scheduler: m.scheduler }));
      m.expectObservable(merged$).toBe('-a---x--|', { a: 'a', x: 'bcd' });
    }));

  it('passes what it holds before the source completes or fails', () =>
    marbles((m) => {
      m.expectObservable(m.hot('-abA|').pipe(byCase(m))).toBe('-a-A(b|)');
      m.expectObservable(m.hot('-abA#').pipe(byCase(m))).toBe('-a-A(b#)');
    }));

  it('passes nothing more once it is unsubscribed, its timers cancelled', () =>
    marbles((m) => {
      const source$ = m.hot('-ab------');
      m.expectObservable(source$.pipe(byCase(m)), '^--!').toBe('-a');
      m.expectSubscriptions(source$.subscriptions).toBe('^--!');
    }));

  it('keeps what its subscriber makes the source emit reentrantly', () =>
    marbles((m) => {
      const source$ = new Subject<string>();
      const seen: string[] = [];
      source$.pipe(byCase(m)).subscribe((letter) => {
        seen.push(letter);
        if (letter === 'a') source$.next('b');
      });
      source$.next('a');
      expect(seen).toEqual(['a']);
      m.scheduler.schedule(() => expect(seen).toEqual(['a', 'b']), 5);
    }));

  it('fails when a key can not be determined, after emitting what it held', () => {
    const seen: unknown[] = [];
    const broken = new Error('no key');
    of('a', 'b', '')
      .pipe(
        conflateBy({
          keyOf: (letter) => {
            if (letter === '') throw broken;
            return 0;
          },
          ms: 4,
        }),
      )
      .subscribe({ next: (letter) => seen.push(letter), error: (error) => seen.push(error) });
    expect(seen).toEqual(['a', 'b', broken]);
  });

  it('has no timer left once its source has ended, or its subscriber', () => {
    vi.useFakeTimers();
    try {
      const seen: unknown[] = [];
      const fault = new Error('failed');
      const conflated = conflateBy<string, number>({ keyOf: () => 0, ms: 1000 });
      const failing$ = concat(
        of('a', 'b'),
        throwError(() => fault),
      );
      failing$.pipe(conflated).subscribe({ next: (letter) => seen.push(letter), error: (error) => seen.push(error) });
      expect(seen).toEqual(['a', 'b', fault]);
      expect(vi.getTimerCount()).toBe(0);
      const subscription = concat(of('c', 'd'), NEVER).pipe(conflated).subscribe();
      expect(vi.getTimerCount()).toBe(1);
      subscription.unsubscribe();
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });
});
