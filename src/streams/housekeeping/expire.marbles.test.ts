import { ignoreElements } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { housekeepingMarbles } from '../../../test/support/housekeeping-marbles.ts';
import { promiseMarbles, UNAVAILABLE } from '../../../test/support/promise-marbles.ts';
import type { ClockJump } from './expiry-clock.ts';

/** The result of a batch of sale `s`. */
const batch = (expired: number, lateMs: number, saleId = 's') => ({ saleId, expired, returned: expired, lateMs });

describe('the expiry of unpaid orders', () => {
  it('expires due orders, returns the tickets, and marks them as returned, in this order', () =>
    promiseMarbles((m) => {
      const { of, transition$, release$, returned$, orders$, stock$ } = housekeepingMarbles(m, {
        ticks: '                              -t-------|',
        due: { s: 'a' },
        look: '                               -a|',
        transition: '                         -a|',
        release: '                            -a|',
        returned: '                           -a|',
        stock: '                              -a|',
      });
      m.expectObservable(transition$).toBe('  --a');
      m.expectObservable(orders$).toBe('      ---a', { a: 'a expired' });
      m.expectObservable(release$).toBe('     ---a');
      m.expectObservable(returned$).toBe('    ----a');
      m.expectObservable(stock$).toBe('       ------a', { a: 's 1' });
      m.expectObservable(of('expire')).toBe(' ------x--|', { x: batch(1, 6) });
    }));

  it('expires an order exactly at its deadline, not before', () =>
    promiseMarbles((m) => {
      const { of, release$ } = housekeepingMarbles(m, {
        ticks: '                             --t-t-|',
        due: { s: '                          ----a' },
      });
      m.expectObservable(release$).toBe('    ----a');
      m.expectObservable(of('expire')).toBe('----x-|', { x: batch(1, 0) });
    }));

  it('does not expire early when the wall clock jumps ahead', () =>
    promiseMarbles((m) => {
      let ahead = 0;
      const clock = { now: () => m.clock.now() + ahead, monotonic: m.clock.monotonic };
      const jumps: ClockJump[] = [];
      const { of, release$ } = housekeepingMarbles(m, {
        ticks: '                             --t-t-t-|',
        due: { s: '                          ----a' },
        clock,
        options: { onClockJump: (jump) => jumps.push(jump) },
      });
      m.scheduler.schedule(() => {
        ahead = 3_600_000;
      }, 1);
      m.expectObservable(release$).toBe('    ----a');
      m.expectObservable(of('expire')).toBe('----x---|', { x: batch(1, 0) });
      m.scheduler.schedule(() => expect(jumps).toEqual([{ jumpMs: 3_600_000, now: 'held' }]), 7);
    }));

  it('takes batch after batch, oldest first, and pauses after each full one for as long as it took', () =>
    promiseMarbles((m) => {
      const { of, transition$ } = housekeepingMarbles(m, {
        ticks: '                             -----t-------------|',
        due: { s: '                          ebcda' },
        transition: '                        --a|',
        release: '                           -a|',
      });
      const values = { x: 'eb', y: 'cd', a: 'a', 1: batch(2, 8), 2: batch(2, 12), 3: batch(1, 16) };
      m.expectObservable(transition$).toBe(' -----x-----y-----a', values);
      m.expectObservable(of('expire')).toBe('--------1-----2-----(3|)', values);
    }));

  it('pauses no longer than the maximum, however long a batch took', () =>
    promiseMarbles((m) => {
      const { transition$, result$ } = housekeepingMarbles(m, {
        ticks: '                      -t|',
        due: { s: 'abc' },
        transition: '                 ----a|',
        options: { maxPauseMs: 1 },
      });
      m.expectObservable(transition$).toBe('-x----y', { x: 'ab', y: 'c' });
      m.expectObservable(result$.pipe(ignoreElements())).toBe('----------|');
    }));

  it('skips a sale still being worked on, and takes it up again with the next tick', () =>
    promiseMarbles((m) => {
      const { of, look$ } = housekeepingMarbles(m, {
        ticks: '                             ttttttt|',
        due: { s: 'a' },
        transition: '                        ---a|',
      });
      m.expectObservable(look$).toBe('       s---sss');
      m.expectObservable(of('expire')).toBe('---x---|', { x: batch(1, 3) });
    }));

  it('gives sales turns of one batch, so that a long backlog delays no other sale', () =>
    promiseMarbles((m) => {
      const { result$, transition$ } = housekeepingMarbles(m, {
        ticks: '                            -t|',
        due: { r: 'abcdef', s: 'x', t: 'y' },
        transition: '                       -a|',
        options: { salesAtOnce: 1, pauseFactor: 0 },
      });
      const values = { 1: 'ab', 2: 'x', 3: 'y', 4: 'cd', 5: 'ef' };
      m.expectObservable(transition$).toBe('            -12345', values);
      m.expectObservable(result$.pipe(ignoreElements())).toBe('------|');
    }));

  it('works on a bounded number of sales at once', () =>
    promiseMarbles((m) => {
      const { look$, result$ } = housekeepingMarbles(m, {
        ticks: '                      -t|',
        due: { r: '', s: '', t: '' },
        look: '                       -----a|',
      });
      m.expectObservable(look$).toBe(' -(rs)-t');
      m.expectObservable(result$).toBe('-----------|');
    }));

  it('reports the fault of a sale, pauses it, and continues with the others meanwhile', () =>
    promiseMarbles((m) => {
      const { of, look$ } = housekeepingMarbles(m, {
        ticks: '                             t----t----t|',
        due: { r: 'a', s: 'b' },
        look: ['                             #', 'a|'],
        options: { faultPauseMs: 8 },
      });
      const values = {
        f: { saleId: 'r', expired: 0, returned: 0, fault: UNAVAILABLE },
        s: batch(1, 0),
        r: batch(1, 10, 'r'),
      };
      m.expectObservable(look$).toBe('       (rs)-s----(rs)');
      m.expectObservable(of('expire')).toBe('(fs)------r|', values);
    }));

  it('leaves orders that could not be expired to a later tick', () =>
    promiseMarbles((m) => {
      const { of, release$ } = housekeepingMarbles(m, {
        ticks: '                             t---t-|',
        due: { s: 'a' },
        transition: ['                       #', 'a|'],
      });
      const values = { f: { saleId: 's', expired: 0, returned: 0, fault: UNAVAILABLE }, x: batch(1, 4) };
      m.expectObservable(release$).toBe('    ----a');
      m.expectObservable(of('expire')).toBe('f---x-|', values);
    }));

  it('returns the tickets of orders whose expiry was committed but not acknowledged', () =>
    promiseMarbles((m) => {
      const { of, release$ } = housekeepingMarbles(m, {
        ticks: '                             t-t|',
        due: { s: 'a' },
        transition: ['                       a#', 'a|'],
      });
      m.expectObservable(release$).toBe('    --a');
      m.expectObservable(of('return')).toBe('--x--|', { x: { saleId: 's', orders: 1, returned: 1 } });
    }));

  it('reports that the sales could not be read, pauses, and tries again', () =>
    promiseMarbles((m) => {
      const { of, sales$ } = housekeepingMarbles(m, {
        ticks: '                             t-t--t-|',
        due: { s: 'a' },
        sales: ['                            #', 'a|'],
      });
      m.expectObservable(sales$).toBe('      s----s');
      m.expectObservable(of('expire')).toBe('f----x-|', {
        f: { expired: 0, returned: 0, fault: UNAVAILABLE },
        x: batch(1, 5),
      });
    }));

  it('finishes the batch in progress when it is unsubscribed, and starts no other', () =>
    promiseMarbles((m) => {
      const { result$, look$, returned$ } = housekeepingMarbles(m, {
        ticks: '                      -t-t-t-t',
        due: { s: 'abcd' },
        transition: '                 --a|',
      });
      m.expectObservable(look$).toBe('-s');
      m.expectObservable(returned$).toBe('---x', { x: 'ab' });
      m.expectObservable(result$, '   ^-!').toBe('');
    }));
});
