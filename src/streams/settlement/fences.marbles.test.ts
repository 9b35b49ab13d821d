import { describe, it } from 'vitest';
import { newOrder } from '../../../test/support/orders.ts';
import { promiseMarbles } from '../../../test/support/promise-marbles.ts';
import { aSale } from '../../../test/support/sales.ts';
import { settlementMarbles } from '../../../test/support/settlement-marbles.ts';

const SALE = aSale();
const OLD = { epoch: SALE.epoch };
const NEW = { epoch: SALE.epoch + 1 };
const FENCE = { fence: SALE.epoch + 1 };

describe('the settlement of a fenced log', () => {
  it('stores what lies before the fence, rejects an old epoch behind it, and stores the new one on either side', () =>
    promiseMarbles((m) => {
      const { store$, refused$, settled$, ack$ } = settlementMarbles(m, {
        chunks: '                            (abfcd)----|',
        batchSize: 100,
        unlike: { a: OLD, b: NEW, f: FENCE, c: OLD, d: NEW },
      });
      m.expectObservable(store$).toBe('    -----x', { x: 'abd' });
      m.expectObservable(refused$).toBe('  -----x', { x: 'c f@0' });
      m.expectObservable(settled$).toBe(' -----x-----|', { x: '6 stored 2 rejected' });
      m.expectObservable(ack$).toBe('      -----(abfcd)');
    }));

  it('judges each partition by its own fences', () =>
    promiseMarbles((m) => {
      const { store$, refused$, settled$ } = settlementMarbles(m, {
        chunks: '                           (afbcgd)---|',
        batchSize: 100,
        unlike: {
          f: { ...FENCE, partition: 1 },
          b: { ...OLD, partition: 1 },
          c: { ...OLD, partition: 0 },
          g: { ...FENCE, partition: 0 },
          d: { ...OLD, partition: 0 },
        },
      });
      m.expectObservable(store$).toBe('   -----x', { x: 'ac' });
      m.expectObservable(refused$).toBe(' -----x', { x: 'bd f@1 g@0' });
      m.expectObservable(settled$).toBe('-----x-----|', { x: '4 stored 4 rejected' });
    }));

  it('judges by a fence of an earlier batch, even while that batch is not stored yet', () =>
    promiseMarbles((m) => {
      const { store$, refused$, settled$ } = settlementMarbles(m, {
        chunks: '                            ab-f-c--------|',
        batchSize: 2,
        batchMs: 1,
        store: ['                            a|', 'a|', '-#', '-a|', 'a|'],
        unlike: { f: FENCE },
      });
      const calls = { a: 'a', b: 'b', x: '', f: 'f@0', c: 'c' };
      m.expectObservable(store$).toBe('    ab--x----xx', calls);
      m.expectObservable(refused$).toBe('  xx--f----fc', calls);
      m.expectObservable(settled$).toBe(' xx--------(nr)|', { x: '2 stored', n: '0 stored', r: '0 stored 2 rejected' });
    }));

  it('rejects redelivered entries again, and keeps what was stored before the fence', () =>
    promiseMarbles((m) => {
      const { settled$, memory } = settlementMarbles(m, {
        chunks: '                            (afb)-|',
        batchSize: 100,
        unlike: { f: FENCE },
      });
      const [stored, refused] = [1, 5].map((ticket) => ticket.toString().padStart(14, '0'));
      const parts = { saleId: SALE.id, userId: 'x' };
      void memory.store({
        group: 'settlement',
        positions: [],
        orders: [newOrder({ ...parts, id: stored ?? '', tickets: [1] })],
        fenced: [newOrder({ ...parts, id: refused ?? '', tickets: [5] })],
      });
      m.expectObservable(settled$).toBe(' -----x|', { x: '1 stored 1 rejected' });
    }));

  it('knows the fences that other members passed, once a partition is assigned', () =>
    promiseMarbles((m) => {
      const { fences, memory, refused$, store$, settled$ } = settlementMarbles(m, {
        chunks: '                            a---b---c--|',
        batchSize: 2,
      });
      // Another member had the partition in between, and passed the fence behind `a`; `b` and `c` are read for the
      // first time.
      m.hot('                            --p').subscribe(() => {
        const fence = { partition: 0, saleId: SALE.id, epoch: SALE.epoch + 1, offset: 0 };
        void memory.store({ group: 'settlement', positions: [{ partition: 0, next: 1 }], orders: [], fences: [fence] });
        void fences.positionOf(0);
      });
      const calls = { a: 'a', b: 'b', c: 'c', x: '' };
      m.expectObservable(store$).toBe('    a---x---x', calls);
      m.expectObservable(refused$).toBe('  x---b---c', calls);
      m.expectObservable(settled$).toBe(' s---r---r--|', { s: '2 stored', r: '0 stored 2 rejected' });
    }));

  it('still judges what it read in an earlier assignment by its offset: before the fence', () =>
    promiseMarbles((m) => {
      const { fences, memory, store$, refused$, settled$ } = settlementMarbles(m, {
        chunks: '                            (abc)-----|',
        batchSize: 2,
        store: ['                            ---a|', 'a|'],
      });
      m.hot('                            -p').subscribe(() => {
        const fence = { partition: 0, saleId: SALE.id, epoch: SALE.epoch + 1, offset: 1 };
        void memory.store({ group: 'settlement', positions: [{ partition: 0, next: 2 }], orders: [], fences: [fence] });
        void fences.positionOf(0);
      });
      const calls = { a: 'a', b: 'b', c: 'c', x: '' };
      m.expectObservable(store$).toBe('    a--(bx)', calls);
      m.expectObservable(refused$).toBe('  x--(xc)', calls);
      m.expectObservable(settled$).toBe(' ---(ssr)--|', { s: '2 stored', r: '0 stored 2 rejected' });
    }));

  it('keeps a fence that it has read when the store, asked in an assignment, does not know it', () =>
    promiseMarbles((m) => {
      const { fences, refused$, settled$ } = settlementMarbles(m, {
        chunks: '                            f---b--|',
        batchSize: 2,
        batchMs: 1,
        store: ['                            -#', '--a|'],
        unlike: { f: FENCE },
      });
      m.hot('                            --p').subscribe(() => void fences.positionOf(0));
      m.expectObservable(refused$).toBe('  -f----f-b', { f: 'f@0', b: 'b' });
      m.expectObservable(settled$).toBe(' --------n-(r|)', { n: '0 stored', r: '0 stored 2 rejected' });
    }));
});

describe('the settlement of a rejected order', () => {
  it('notifies the buyer who lost, and announces no order rejected by a fence', () =>
    promiseMarbles((m) => {
      const { ended$, memory, settled$ } = settlementMarbles(m, {
        chunks: '                            (afb)-|',
        batchSize: 100,
        unlike: { f: FENCE },
      });
      void memory.store({ group: 'other', positions: [], orders: [newOrder({ saleId: SALE.id, tickets: [1] })] });
      m.expectObservable(settled$).toBe(' -----x|', { x: '1 stored 3 rejected' });
      m.expectObservable(ended$).toBe('    -----1', { 1: '1' });
    }));
});
