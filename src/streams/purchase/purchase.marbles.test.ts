import { describe, it } from 'vitest';
import { promiseMarbles } from '../../../test/support/promise-marbles.ts';
import { purchaseMarbles } from '../../../test/support/purchase-marbles.ts';

describe('the purchase stream', () => {
  it('reserves the requests of one turn with one call per sale, and answers when the log has them', () =>
    promiseMarbles((m) => {
      const { answered$, reserve$, append$, published$ } = purchaseMarbles(m, {
        clicks: '                          (aAb)-c-|',
        reserve: '                         --a|',
        append: '                            -a|',
      });
      m.expectObservable(reserve$).toBe('  (xy)--z', { x: 'ab', y: 'A', z: 'c' });
      m.expectObservable(append$).toBe('   --(xy)--z', { x: 'a1 b2', y: 'A1', z: 'c3' });
      m.expectObservable(answered$).toBe(' ---(xy)--(z|)', { x: 'a1 b2', y: 'A1', z: 'c3' });
      m.expectObservable(published$).toBe('---(xy)--z', { x: 2, y: 1, z: 1 });
    }));

  it('splits the requests of one turn into calls of the maximum size', () =>
    promiseMarbles((m) => {
      const { answered$, reserve$ } = purchaseMarbles(m, {
        clicks: '                         (abcdefg|)',
        batchSize: 3,
        reserve: '                        -a|',
      });
      m.expectObservable(reserve$).toBe(' (xyz)', { x: 'abc', y: 'def', z: 'g' });
      m.expectObservable(answered$).toBe('-(xyz|)', { x: 'a1 b2 c3', y: 'd4 e5 f6', z: 'g7' });
    }));

  it('fills the next batch while all calls are in flight, and starts it in the frame in which one ends', () =>
    promiseMarbles((m) => {
      const { answered$, reserve$ } = purchaseMarbles(m, {
        clicks: '                         abcdefg|',
        concurrency: 2,
        reserve: '                        ---a|',
      });
      m.expectObservable(reserve$).toBe(' ab-xe-y', { a: 'a', b: 'b', x: 'cd', e: 'e', y: 'fg' });
      m.expectObservable(answered$).toBe('---ab-xe-(y|)', { a: 'a1', b: 'b2', x: 'c3 d4', e: 'e5', y: 'f6 g7' });
    }));

  it('takes a slot for as long as the log takes, too', () =>
    promiseMarbles((m) => {
      const { answered$, reserve$, append$ } = purchaseMarbles(m, {
        clicks: '                         ab|',
        concurrency: 1,
        reserve: '                        -a|',
        append: '                          --a|',
      });
      m.expectObservable(reserve$).toBe(' a--b');
      m.expectObservable(append$).toBe('  -a--b', { a: 'a1', b: 'b2' });
      m.expectObservable(answered$).toBe('---a--(b|)', { a: 'a1', b: 'b2' });
    }));

  it('refuses in the same frame what exceeds the capacity, and accepts more when there is room', () =>
    promiseMarbles((m) => {
      const { answered$, reserve$ } = purchaseMarbles(m, {
        clicks: '                         abcd--e|',
        capacity: 2,
        concurrency: 1,
        reserve: '                        -----a|',
      });
      const values = { a: 'a1', d: 'd:overloaded', x: 'b2 c3', e: 'e4' };
      m.expectObservable(reserve$).toBe(' a----x----e', { a: 'a', x: 'bc', e: 'e' });
      m.expectObservable(answered$).toBe('---d-a----x----(e|)', values);
    }));

  it('answers all that it has admitted before it completes', () =>
    promiseMarbles((m) => {
      const { answered$, click$ } = purchaseMarbles(m, {
        clicks: '                                     abc|',
        concurrency: 1,
        reserve: '                                    ---a|',
        append: '                                     --a|',
      });
      m.expectObservable(answered$).toBe('            -----a----(x|)', { a: 'a1', x: 'b2 c3' });
      m.expectSubscriptions(click$.subscriptions).toBe('^--!');
    }));

  it('completes without waiting for the marks of what is published', () =>
    promiseMarbles((m) => {
      const { answered$, published$ } = purchaseMarbles(m, { clicks: 'a-|', published: '-' });
      m.expectObservable(published$).toBe('                           x', { x: 1 });
      m.expectObservable(answered$).toBe('                            a-|', { a: 'a1' });
    }));

  it('makes no queue call for waiting requests when it is unsubscribed', () =>
    promiseMarbles((m) => {
      const { answered$, reserve$, click$ } = purchaseMarbles(m, {
        clicks: '                                     a-b---c',
        concurrency: 1,
        reserve: '                                    -----a|',
      });
      m.expectObservable(answered$, '                 ^---!').toBe('-');
      m.expectObservable(reserve$).toBe('             a');
      m.expectSubscriptions(click$.subscriptions).toBe('^---!');
    }));
});

describe('the sold-out memory', () => {
  it('answers at once for 100 ms, except requests with a key, which may have won earlier', () =>
    promiseMarbles((m) => {
      const { answered$, reserve$ } = purchaseMarbles(m, {
        clicks: '                         a----b 44ms c 9ms a 45ms de|',
        keys: { a: 'key' },
        sale: { total: 1 },
        reserve: '                        --a|',
      });
      const values = { a: 'a1', b: 'b:soldOut', c: 'c:soldOut', r: 'a:again1', d: 'd:soldOut', e: 'e:soldOut' };
      m.expectObservable(reserve$).toBe(' a----b 54ms a 46ms e');
      m.expectObservable(answered$).toBe('--a----b 42ms c 11ms r 43ms d--(e|)', values);
    }));

  it('still calls the queue for the requests of a batch that have a key, and is per sale', () =>
    promiseMarbles((m) => {
      const { answered$, reserve$ } = purchaseMarbles(m, {
        clicks: '                         (ab)-(acA)-|',
        keys: { a: 'key' },
        sale: { total: 1 },
        reserve: '                        --a|',
      });
      const values = { x: 'a1 b:soldOut', y: 'a:again1 c:soldOut', z: 'A1' };
      m.expectObservable(reserve$).toBe(' x----(yz)', { x: 'ab', y: 'a', z: 'A' });
      m.expectObservable(answered$).toBe('--x----(yz)|', values);
    }));
});
