import { map, mergeMap } from 'rxjs';
import { describe, it } from 'vitest';
import { housekeepingMarbles } from '../../../test/support/housekeeping-marbles.ts';
import { newOrder } from '../../../test/support/orders.ts';
import { type PromiseMarbles, promiseMarbles, UNAVAILABLE } from '../../../test/support/promise-marbles.ts';
import { auditQueue } from '../../../test/support/queue-audit.ts';
import { aSale } from '../../../test/support/sales.ts';

/** Orders ended by a process that then died: their tickets are owed. */
function owing(
  m: PromiseMarbles,
  diagrams: Omit<Parameters<typeof housekeepingMarbles>[1], 'due'>,
  owed: Record<string, string>,
) {
  const rig = housekeepingMarbles(m, { due: owed, sales: '-', ...diagrams });
  for (const ids of Object.values(owed)) void rig.store.transition('cancelled', [...ids], m.clock.now());
  return rig;
}

const some = (saleId: string, returned: number) => ({ saleId, orders: returned, returned });

describe('the return of owed tickets', () => {
  it('releases them sale by sale, marks them, and publishes the stock', () =>
    promiseMarbles((m) => {
      const { of, release$, returned$, stock$ } = owing(
        m,
        { ticks: '                           -t|', release: '-a|', options: { batchSize: 3 } },
        { r: 'ab', s: 'c' },
      );
      const values = { x: 'ab', y: 'c', 1: some('r', 2), 2: some('s', 1), r: 'r 2', s: 's 1' };
      m.expectObservable(release$).toBe('   -xy', values);
      m.expectObservable(returned$).toBe('  --xy', values);
      m.expectObservable(stock$).toBe('     --rs', values);
      m.expectObservable(of('return')).toBe('---(12)', values);
    }));

  it('takes batch after batch, with a pause as long as each full one took, and drops ticks meanwhile', () =>
    promiseMarbles((m) => {
      const { of, release$ } = owing(m, { ticks: '-tttttttttt', release: '--a|' }, { s: 'abc' });
      m.expectObservable(release$).toBe('  -x---y', { x: 'ab', y: 'c' });
      m.expectObservable(of('return'), '  ^---------!').toBe('---1---2', { 1: some('s', 2), 2: some('s', 1) });
    }));

  it('skips tickets of a sale whose queue is unavailable, reports its fault once, and pauses before a retry', () =>
    promiseMarbles((m) => {
      const { of, release$ } = owing(
        m,
        { ticks: '                           t-t--t', unavailable: ['r'], options: { pauseFactor: 0 } },
        { r: 'abcdefg', s: 'h' },
      );
      const values = { f: { saleId: 'r', orders: 0, returned: 0, fault: UNAVAILABLE }, s: some('s', 1), h: 'h' };
      m.expectObservable(release$).toBe('   h');
      m.expectObservable(of('return'), '   ^-----!').toBe('(fs)-f', values);
    }));

  it('releases again what was not marked as returned', () =>
    promiseMarbles((m) => {
      const { of, queue, release$ } = owing(
        m,
        { ticks: '                           t-----t', returned: ['#', 'a|'] },
        { s: 'a' },
      );
      m.expectObservable(release$).toBe('   a-----a');
      m.expectObservable(of('return'), '   ^------!').toBe('f-----1', {
        f: { saleId: 's', orders: 0, returned: 0, fault: UNAVAILABLE },
        1: some('s', 1),
      });
      m.expectObservable(
        release$.pipe(
          mergeMap(() => auditQueue(queue.auditSource, 's')),
          map((audit) => audit?.doubled),
        ),
      ).toBe('a-----a', { a: [] });
    }));

  it('skips what an expiry is about to return itself', () =>
    promiseMarbles((m) => {
      const { of, release$ } = housekeepingMarbles(m, {
        ticks: '                           -t-t-t-t|',
        due: { s: 'a' },
        release: '                         ----a|',
      });
      m.expectObservable(release$).toBe('  -a');
      m.expectObservable(of('return')).toBe('--------|');
    }));

  it('reports that it could not read what is owed, pauses, and tries again', () =>
    promiseMarbles((m) => {
      const { of } = owing(m, { ticks: 't-t--t', owed: ['#', 'a|'] }, { s: 'a' });
      m.expectObservable(of('return'), '   ^------!').toBe('f----1', {
        f: { orders: 0, returned: 0, fault: UNAVAILABLE },
        1: some('s', 1),
      });
    }));

  it('returns the tickets of an order that lost some to another one, but not those', () =>
    promiseMarbles((m) => {
      const { of, store, queue, forfeit$, release$, returned$, stock$ } = housekeepingMarbles(m, {
        ticks: '                           -t---t',
        due: {},
        forfeit: '                         -a|',
      });
      const sale = aSale({ id: 's', total: 4, perBuyerLimit: 2 });
      const [rival, loser, ended] = [
        newOrder({ id: 'r', saleId: 's', tickets: [1] }),
        newOrder({ id: 'l', saleId: 's', tickets: [1, 2] }),
        newOrder({ id: 'e', saleId: 's', tickets: [3] }),
      ];
      void queue.load(sale);
      const items = [2, 1].map((quantity, n) => {
        const id = 'le'[n] as string;
        return { orderId: id, userId: id, key: id, fingerprint: '{}', quantity };
      });
      void queue.reserve('s', sale.epoch, items);
      void store.store({ group: 'test', positions: [], orders: [rival, loser, ended] });
      void store.transition('cancelled', ['e'], m.clock.now());

      m.expectObservable(forfeit$).toBe('            -l', { l: 'l1' });
      m.expectObservable(release$).toBe('            --e');
      m.expectObservable(returned$).toBe('           --x', { x: 'el' });
      m.expectObservable(stock$).toBe('              --s', { s: 's 3' });
      const values = { 1: { saleId: 's', orders: 2, returned: 2, forfeited: 1 } };
      m.expectObservable(of('return'), '   ^-----!').toBe('--1', values);
      m.expectObservable(returned$.pipe(mergeMap(() => auditQueue(queue.auditSource, 's')))).toBe('--x', {
        x: { epoch: sale.epoch, held: 0, heldByBuyers: 0, remaining: 3, pending: 0, doubled: [] },
      });
    }));

  it('counts tickets as returned although the stock could not be published', () =>
    promiseMarbles((m) => {
      const { of, stock$ } = owing(m, { ticks: 't', stock: '#' }, { s: 'a' });
      m.expectObservable(stock$).toBe('');
      m.expectObservable(of('return'), '   ^------!').toBe('1', { 1: some('s', 1) });
    }));
});
