import { describe, it } from 'vitest';
import { promiseMarbles, UNAVAILABLE } from '../../../test/support/promise-marbles.ts';
import { purchaseMarbles } from '../../../test/support/purchase-marbles.ts';
import { Fault } from '../../domain/errors.ts';

describe('the deadline of 10 ms', () => {
  it('drops older requests when their turn comes, before the queue is called', () =>
    promiseMarbles((m) => {
      const { answered$, reserve$ } = purchaseMarbles(m, {
        clicks: '                         abcd|',
        concurrency: 1,
        reserve: ['                       13ms #', 'a|'],
      });
      const values = { a: 'a:unavailable', x: 'b:overloaded c:overloaded d1' };
      m.expectObservable(reserve$).toBe(' a 12ms d');
      m.expectObservable(answered$).toBe('13ms (ax|)', values);
    }));

  it('includes the time that reading the sale takes', () =>
    promiseMarbles((m) => {
      const { answered$, reserve$ } = purchaseMarbles(m, {
        clicks: '                         ab|',
        known: false,
        find: ['                          11ms a|', '10ms a|'],
      });
      m.expectObservable(reserve$).toBe(' 11ms b');
      m.expectObservable(answered$).toBe('11ms (ab|)', { a: 'a:overloaded', b: 'b1' });
    }));

  it('withholds an order that reaches the log too late, and its key finds it', () =>
    promiseMarbles((m) => {
      const { answered$, append$ } = purchaseMarbles(m, {
        clicks: '                         ab 18ms a|',
        keys: { a: 'key' },
        append: ['                        11ms a|', '10ms a|'],
      });
      const values = { a: 'a:unavailable', b: 'b2', r: 'a:again1' };
      m.expectObservable(append$).toBe('  ab', { a: 'a1', b: 'b2' });
      m.expectObservable(answered$).toBe('11ms (ab) 5ms r|', values);
    }));

  it('withholds no refusal: a late one is still true', () =>
    promiseMarbles((m) => {
      const { answered$ } = purchaseMarbles(m, { clicks: 'a|', sale: { total: 0 }, reserve: '12ms a|' });
      m.expectObservable(answered$).toBe('12ms (a|)', { a: 'a:soldOut' });
    }));
});

describe('a queue that fails', () => {
  it('fails only the batches of these calls; those in flight and later ones are served', () =>
    promiseMarbles((m) => {
      const { answered$, append$ } = purchaseMarbles(m, {
        clicks: '                         ab-c|',
        reserve: ['                       -----a|', '-#', 'a|'],
      });
      m.expectObservable(append$).toBe('  ---c-a', { c: 'c1', a: 'a2' });
      m.expectObservable(answered$).toBe('--bc-(a|)', { b: 'b:unavailable', c: 'c1', a: 'a2' });
    }));

  it('frees its slot in the frame of the fault', () =>
    promiseMarbles((m) => {
      const { answered$, reserve$ } = purchaseMarbles(m, {
        clicks: '                         abc|',
        concurrency: 1,
        reserve: ['                       ----#', '--#', '-a|'],
      });
      m.expectObservable(reserve$).toBe(' a---x', { a: 'a', x: 'bc' });
      m.expectObservable(answered$).toBe('----a-(x|)', { a: 'a:unavailable', x: 'b:unavailable c:unavailable' });
    }));

  it('whose answer is lost has taken the ticket: the key finds the order, published before it is answered', () =>
    promiseMarbles((m) => {
      const { answered$, append$ } = purchaseMarbles(m, {
        clicks: '                         a----a|',
        keys: { a: 'key' },
        reserve: ['                       a--#', '-a|'],
        append: '                         --a|',
      });
      m.expectObservable(append$).toBe('  ------a', { a: 'a1' });
      m.expectObservable(answered$).toBe('---a----(r|)', { a: 'a:unavailable', r: 'a:again1' });
    }));

  it('whose scripts are missing is recovering', () =>
    promiseMarbles((m) => {
      const fault = new Fault('fenced', 'NOSCRIPT');
      const { answered$ } = purchaseMarbles(m, { clicks: 'a-b|', reserve: ['-#', 'a|'], fault });
      m.expectObservable(answered$).toBe('                -ab|', { a: 'a:recovering', b: 'b1' });
    }));
});

describe('a log that fails', () => {
  it('leaves unacknowledged purchases unknown, marks none of them, and serves the next', () =>
    promiseMarbles((m) => {
      const { answered$, published$, append$ } = purchaseMarbles(m, {
        clicks: '                            (ab)-c|',
        append: ['                           --#', '-a|'],
      });
      m.expectObservable(append$).toBe('     x----c', { x: 'a1 b2', c: 'c3' });
      m.expectObservable(answered$).toBe('   --x---(c|)', { x: 'a:unavailable b:unavailable', c: 'c3' });
      m.expectObservable(published$).toBe('  ------y', { y: 1 });
    }));

  it('costs no ticket while it is not writable', () =>
    promiseMarbles((m) => {
      const { answered$, reserve$ } = purchaseMarbles(m, {
        clicks: '                         ab-c-d|',
        writable: '                       -n---y',
      });
      m.expectObservable(reserve$).toBe(' a----d');
      m.expectObservable(answered$).toBe('ab-c-d|', { a: 'a1', b: 'b:unavailable', c: 'c:unavailable', d: 'd2' });
    }));

  it('is waited for while other batches proceed', () =>
    promiseMarbles((m) => {
      const { answered$ } = purchaseMarbles(m, { clicks: 'ab-|', append: ['------a|', '-a|'] });
      m.expectObservable(answered$).toBe('                --b---(a|)', { a: 'a1', b: 'b2' });
    }));
});

describe('marks that fail', () => {
  it('are reported, and change nothing for the buyer: the order is answered in the frame in which the log has it', () =>
    promiseMarbles((m) => {
      const { answered$, published$, unmarked$ } = purchaseMarbles(m, {
        clicks: '                            a--|',
        append: '                            -a|',
        published: '                         -#',
      });
      m.expectObservable(published$).toBe('  -x', { x: 1 });
      m.expectObservable(answered$).toBe('   -a-|', { a: 'a1' });
      m.expectObservable(unmarked$).toBe('   --x', { x: UNAVAILABLE });
    }));
});
