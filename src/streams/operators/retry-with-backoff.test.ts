import { concat, defer, NEVER, of, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { marbles } from '../../../test/support/marbles.ts';
import { type BackoffOptions, retryWithBackoff } from './retry-with-backoff.ts';

/** The same share of its range for each pause: 0 gives the base forever, 1 nearly triples each time. */
const ALMOST_ONE = 1 - Number.EPSILON;
const jitter = (random: number, options: Partial<BackoffOptions> = {}): BackoffOptions => ({
  baseMs: 2,
  capMs: 100,
  retryable: () => true,
  random: () => random,
  ...options,
});

describe('retryWithBackoff', () => {
  it('passes on a source without errors', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold('-a-b-|');
      expectObservable(source$.pipe(retryWithBackoff(jitter(0)))).toBe('-a-b-|');
      expectSubscriptions(source$.subscriptions).toBe('^----!');
    });
  });

  it('waits at least the base before each attempt', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold('-#');
      const subs = ['^!', '---^!', '------^!', '---------^!'];
      expectObservable(source$.pipe(retryWithBackoff(jitter(0))), '-----------!').toBe('-----------');
      expectSubscriptions(source$.subscriptions).toBe(subs);
    });
  });

  it('at most triples the wait, up to the cap', () => {
    const waits: number[] = [];
    marbles(({ cold, expectObservable }) => {
      const options = jitter(ALMOST_ONE, { onRetry: (_, waitMs) => waits.push(Math.round(waitMs)) });
      expectObservable(cold('#').pipe(retryWithBackoff(options)), '400ms !').toBe('');
    });
    expect(waits).toEqual([6, 18, 54, 100, 100, 100, 100]);
  });

  it('draws each wait from between the base and three times the previous one', () => {
    const waits: number[] = [];
    const draws = [0.5, 0, 0.25];
    marbles(({ cold, expectObservable }) => {
      const options = jitter(0, { random: () => draws.shift() ?? 0, onRetry: (_, waitMs) => waits.push(waitMs) });
      expectObservable(cold('#').pipe(retryWithBackoff(options)), '9ms !').toBe('');
    });
    // 2 + 0.5 * (6 - 2), 2 + 0 * (12 - 2), 2 + 0.25 * (6 - 2)
    expect(waits.slice(0, 3)).toEqual([4, 2, 3]);
  });

  it('starts with the base again after a value', () => {
    const waits: number[] = [];
    marbles(({ cold, expectObservable }) => {
      const options = jitter(0.5, { baseMs: 4, onRetry: (_, waitMs) => waits.push(waitMs) });
      const tries = [cold('#'), cold('#'), cold('a#'), cold('|')];
      const source$ = defer(() => tries.shift() ?? NEVER);
      expectObservable(source$.pipe(retryWithBackoff(options))).toBe('22ms a 8ms |');
    });
    expect(waits).toEqual([8, 14, 8]);
  });

  it('ends with an error that is not retryable, unreported', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const reported: unknown[] = [];
      const source$ = cold('--#', {}, 'fatal');
      const options = jitter(0, { retryable: (error) => error !== 'fatal', onRetry: (error) => reported.push(error) });
      expectObservable(source$.pipe(retryWithBackoff(options))).toBe('--#', {}, 'fatal');
      expectSubscriptions(source$.subscriptions).toBe('^-!');
      expect(reported).toEqual([]);
    });
  });

  it('reports each error with the wait that follows it', () => {
    marbles(({ cold, expectObservable, flush }) => {
      const reported: unknown[] = [];
      const tries = [cold('#', {}, 'first'), cold('#', {}, 'second'), cold('a|')];
      const source$ = defer(() => tries.shift() ?? NEVER);
      const options = jitter(0, { onRetry: (error, waitMs) => reported.push([error, waitMs]) });
      expectObservable(source$.pipe(retryWithBackoff(options))).toBe('----a|');
      flush();
      expect(reported).toEqual([
        ['first', 2],
        ['second', 2],
      ]);
    });
  });

  it('is not subscribed to its source while it waits, and waits no longer when it is unsubscribed', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold('-#');
      expectObservable(source$.pipe(retryWithBackoff(jitter(0, { baseMs: 50 }))), '---!').toBe('----');
      expectSubscriptions(source$.subscriptions).toBe('^!');
    });
  });

  it('gives each subscriber its own waits', () => {
    const waits: number[] = [];
    marbles(({ cold, expectObservable }) => {
      const options = jitter(ALMOST_ONE, { onRetry: (_, waitMs) => waits.push(Math.round(waitMs)) });
      const retried$ = cold('#').pipe(retryWithBackoff(options));
      expectObservable(retried$, '     30ms !').toBe('');
      expectObservable(retried$, '23ms ^ 3ms !').toBe('');
    });
    // The first subscriber at 0, 6 and 24; between them, at 23, the second.
    expect(waits).toEqual([6, 18, 6, 54]);
  });

  it('does not grow the stack however often its source fails synchronously', () => {
    let left = 20_000;
    const values: string[] = [];
    const source$ = defer(() => (left-- > 0 ? throwError(() => 'error') : of('a')));
    marbles(({ scheduler }) => {
      concat(source$.pipe(retryWithBackoff(jitter(0, { scheduler }))), of('end')).subscribe((value) =>
        values.push(value),
      );
    });
    expect(values).toEqual(['a', 'end']);
  });
});
