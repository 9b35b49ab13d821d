import { describe, it } from 'vitest';
import { promiseMarbles } from '../../../test/support/promise-marbles.ts';
import { settlementMarbles } from '../../../test/support/settlement-marbles.ts';
import { Fault } from '../../domain/errors.ts';

describe('the settlement stream', () => {
  it('stores a batch in the frame in which it reaches its size', () =>
    promiseMarbles((m) => {
      const { store$, settled$ } = settlementMarbles(m, {
        chunks: '                          a-b--cd--|',
        batchSize: 4,
      });
      m.expectObservable(store$).toBe('  --x---y', { x: 'ab', y: 'cd' });
      m.expectObservable(settled$).toBe('--x---x--|', { x: '4 stored' });
    }));

  it('stores a smaller batch when its first chunk has waited for its time', () =>
    promiseMarbles((m) => {
      const { store$, settled$ } = settlementMarbles(m, {
        chunks: '                          -a---bc--|',
        batchSize: 5,
        batchMs: 5,
      });
      m.expectObservable(store$).toBe('  ------x--', { x: 'abc' });
      m.expectObservable(settled$).toBe('------x--|', { x: '6 stored' });
    }));

  it('acknowledges chunk after chunk in the frame in which their batch is stored', () =>
    promiseMarbles((m) => {
      const { store$, settled$, ack$ } = settlementMarbles(m, {
        chunks: '                          (ab)-------|',
        store: '                           ---a|',
      });
      m.expectObservable(store$).toBe('  x', { x: 'ab' });
      m.expectObservable(settled$).toBe('---x-------|', { x: '4 stored' });
      m.expectObservable(ack$).toBe('    ---(ab)');
    }));

  it('stores one batch at a time, in the order of the log', () =>
    promiseMarbles((m) => {
      const { store$, settled$, ack$ } = settlementMarbles(m, {
        chunks: '                          abc---|',
        batchSize: 2,
        store: ['                          ---a|', '-a|'],
      });
      m.expectObservable(store$).toBe('  a--bc');
      m.expectObservable(ack$).toBe('    ---abc');
      m.expectObservable(settled$).toBe('---xxx|', { x: '2 stored' });
    }));

  it('stores what it holds, and acknowledges it, before it completes', () =>
    promiseMarbles((m) => {
      const { store$, settled$, ack$, written$ } = settlementMarbles(m, {
        chunks: '                                      abc|',
        store: '                                       ----a|',
      });
      m.expectObservable(store$).toBe('              -x---c', { x: 'ab', c: 'c' });
      m.expectObservable(ack$).toBe('                -----(ab)c');
      m.expectObservable(settled$).toBe('            -----x---(c|)', { x: '4 stored', c: '2 stored' });
      m.expectSubscriptions(written$.subscriptions).toBe('^--!');
    }));
});

describe('while the store is unavailable', () => {
  it('retries the batch, waiting longer up to the cap, and takes no more of the log than it has room for', () =>
    promiseMarbles((m) => {
      const { store$, settled$, ack$, read$ } = settlementMarbles(m, {
        chunks: '                          abcde 40ms |',
        batchSize: 2,
        maxInFlight: 2,
        store: ['                          --#', '--#', '--#', '--#', '-a|'],
      });
      m.expectObservable(store$).toBe('  a 5ms a 8ms a 9ms a 9ms abcde');
      m.expectObservable(ack$).toBe('    36ms abcde');
      m.expectObservable(read$).toBe('   ab 34ms cde');
      m.expectObservable(settled$).toBe('36ms xxxxx 4ms |', { x: '2 stored' });
    }));

  it('starts with the shortest wait again after it recovered', () =>
    promiseMarbles((m) => {
      const { store$, settled$, ack$ } = settlementMarbles(m, {
        chunks: '                          a 29ms b',
        batchSize: 2,
        store: ['                          #', '#', 'a|', '#', 'a|'],
      });
      m.expectObservable(store$).toBe('  a---a------a 18ms b---b');
      m.expectObservable(ack$).toBe('    -----------a 22ms b');
      m.expectObservable(settled$).toBe('-----------x 22ms x', { x: '2 stored' });
    }));

  it('stores the batch again, without effect, when only the answer was lost', () =>
    promiseMarbles((m) => {
      const { store$, settled$, ack$ } = settlementMarbles(m, {
        chunks: '                          a|',
        store: ['                          a--#', '-a|'],
      });
      m.expectObservable(store$).toBe('  -a------a');
      m.expectObservable(ack$).toBe('    ---------a');
      m.expectObservable(settled$).toBe('---------(x|)', { x: '0 stored' });
    }));

  it('stops retrying, with nothing acknowledged, once it is unsubscribed', () =>
    promiseMarbles((m) => {
      const { store$, settled$, ack$, written$ } = settlementMarbles(m, {
        chunks: '                                      a-b',
        batchSize: 2,
        store: '                                       --#',
      });
      m.expectObservable(settled$, '                 ^ 19ms !').toBe('-');
      m.expectObservable(store$).toBe('              a-----a--------a');
      m.expectObservable(ack$).toBe('                -');
      m.expectSubscriptions(written$.subscriptions).toBe('^ 19ms !');
    }));
});

describe('an entry that the store rejects', () => {
  it('is found, retried and dead-lettered, its neighbour is stored, and then more of the log is read', () =>
    promiseMarbles((m) => {
      const { store$, aside$, settled$, ack$ } = settlementMarbles(m, {
        chunks: '                          (ab) 8ms c 9ms |',
        store: ['                          -#', '-a|', '-#', '-#', 'a|'],
        deadLetter: '                      -a|',
        fault: new TypeError('out of range'),
      });
      const stored = { x: 'ab', a: 'a', b: 'b', p: '', c: 'c' };
      m.expectObservable(store$).toBe('  xab----b-p 7ms c', stored);
      m.expectObservable(aside$).toBe('  --------b');
      m.expectObservable(ack$).toBe('    ---------(ab)----c');
      m.expectObservable(settled$).toBe('---------x 7ms y 4ms |', { x: '2 stored 1 dead', y: '2 stored' });
    }));
});

describe('an unreadable entry', () => {
  it('is dead-lettered before its neighbours are stored, however long that takes, and acknowledged with them', () =>
    promiseMarbles((m) => {
      const { store$, aside$, settled$, ack$ } = settlementMarbles(m, {
        chunks: '                          (aBc)------|',
        store: '                           -a|',
        deadLetter: ['                     --#', '-a|'],
      });
      m.expectObservable(aside$).toBe('  B-----B');
      m.expectObservable(store$).toBe('  -------x', { x: 'ac' });
      m.expectObservable(ack$).toBe('    --------(aBc)');
      m.expectObservable(settled$).toBe('--------x--|', { x: '4 stored 1 dead' });
    }));

  it('that can not be dead-lettered ends the stream in that frame, with nothing stored or acknowledged', () =>
    promiseMarbles((m) => {
      const fault = new Fault('corrupt', 'too large');
      const { store$, settled$, ack$, written$ } = settlementMarbles(m, {
        chunks: '                                      (aBc)--d',
        deadLetter: '                                  --#',
        fault,
      });
      m.expectObservable(settled$).toBe('            --#', undefined, fault);
      m.expectObservable(store$).toBe('              -');
      m.expectObservable(ack$).toBe('                -');
      m.expectSubscriptions(written$.subscriptions).toBe('^-!');
    }));
});
