import { describe, it } from 'vitest';
import { housekeepingMarbles } from '../../../test/support/housekeeping-marbles.ts';
import { newOrder } from '../../../test/support/orders.ts';
import { type PromiseMarbles, promiseMarbles, UNAVAILABLE } from '../../../test/support/promise-marbles.ts';

/** Orders that had expired when their payments came; each payment is named like its order, in capitals. */
function late(m: PromiseMarbles, ids: string, diagrams: Omit<Parameters<typeof housekeepingMarbles>[1], 'due'>) {
  const rig = housekeepingMarbles(m, { due: { s: ids }, sales: '-', ...diagrams });
  const orderIds = [...ids];
  void rig.store.transition('expired', orderIds, m.clock.now());
  void rig.queue.release('s', orderIds);
  void rig.store.returned(orderIds);
  for (const [n, orderId] of orderIds.entries()) {
    const paymentId = orderId.toUpperCase();
    const amount = { amount: 12_999, currency: 'USD' };
    void rig.store.capture({ eventId: `evt-${paymentId}`, paymentId, orderId, amount, at: m.clock.now() + n });
  }
  return rig;
}

const REBOOKED = { rebooked: 1, refused: 0 };
const REFUSED = { rebooked: 0, refused: 1 };
const FAULT = { rebooked: 0, refused: 0, fault: UNAVAILABLE };
const VALUES = { 1: REBOOKED, 0: REFUSED, f: FAULT };

describe('the rebooking of late payments', () => {
  it('buys tickets for those of a sale together, oldest first, under keys of the orders that had ended', () =>
    promiseMarbles((m) => {
      const { of, reserve$, append$, orders$, refund$ } = late(m, 'ab', { ticks: 't', append: '--a|' });
      m.expectObservable(reserve$).toBe('  x', { x: 'p:a,p:b' });
      m.expectObservable(append$).toBe('   x', { x: 'N1,N2' });
      m.expectObservable(orders$).toBe('   --(ab)', { a: 'a expired,N1 paid', b: 'b expired,N2 paid' });
      m.expectObservable(of('rebook'), '^-----!').toBe('--x', { x: { rebooked: 2, refused: 0 } });
      m.expectObservable(refund$, '^-----!').toBe('');
    }));

  it('gives back the money of those for whom no ticket is left', () =>
    promiseMarbles((m) => {
      const { of, queue, append$, refund$ } = late(m, 'ab', { ticks: 't---t' });
      const item = { orderId: 'z', userId: 'z', key: 'z', fingerprint: '{}', quantity: 1 };
      void queue.reserve('s', 1, [item]);
      m.expectObservable(append$).toBe('  x', { x: 'N1' });
      m.expectObservable(of('rebook'), '^-----!').toBe('x', { x: { rebooked: 1, refused: 1 } });
      m.expectObservable(refund$).toBe('  ----B');
    }));

  it('gives the money back if the tickets are sold', () =>
    promiseMarbles((m) => {
      const { of, queue, refund$ } = late(m, 'a', { ticks: 't---t' });
      const item = { orderId: 'z', userId: 'z', key: 'z', fingerprint: '{}', quantity: 1 };
      void queue.reserve('s', 1, [item]);
      m.expectObservable(of('rebook'), '^-----!').toBe('0', VALUES);
      m.expectObservable(refund$).toBe('     ----A');
    }));

  it('gives the money back if the sale is closed', () =>
    promiseMarbles((m) => {
      const rig = late(m, 'a', { ticks: 't' });
      void rig.queue.close('s', 1);
      m.expectObservable(rig.of('rebook'), '^--!').toBe('0', VALUES);
    }));

  it('gives the money back, and asks no queue, if the sale is archived', () =>
    promiseMarbles((m) => {
      const rig = late(m, 'a', { ticks: 't' });
      rig.change((sale) => ({ ...sale, status: 'archived' }));
      m.expectObservable(rig.reserve$, '^--!').toBe('');
      m.expectObservable(rig.of('rebook'), '^--!').toBe('0', VALUES);
    }));

  it('finishes what it has bought although the sale is closed since', () =>
    promiseMarbles((m) => {
      const rig = late(m, 'a', { ticks: 't-----t', rebooked: ['#', 'a|'] });
      m.hot('---c').subscribe(() => void rig.queue.close('s', 1));
      m.expectObservable(rig.of('rebook'), '^-------!').toBe('f-----1', VALUES);
    }));

  it('waits while the sale is paused, without a word', () =>
    promiseMarbles((m) => {
      const rig = late(m, 'a', { ticks: 't-t---t' });
      const pause = (paused: boolean, version: number) => rig.queue.update({ ...rig.sale('s'), paused, version });
      void pause(true, 2);
      m.hot('---r').subscribe(() => void pause(false, 3));
      m.expectObservable(rig.of('rebook'), '^--------!').toBe('------1', VALUES);
    }));

  it('pauses after a fault, and then finds the reservation by its key instead of making another one', () =>
    promiseMarbles((m) => {
      const { of, append$ } = late(m, 'a', { ticks: 't--t-t', append: ['#', 'a|'] });
      m.expectObservable(append$).toBe('    a----a', { a: 'N1' });
      m.expectObservable(of('rebook'), '^-------!').toBe('f----1', VALUES);
    }));

  it('does not publish the order again if only its payment could not be recorded', () =>
    promiseMarbles((m) => {
      const { of, append$ } = late(m, 'a', { ticks: 't-----t', rebooked: ['#', 'a|'] });
      m.expectObservable(append$).toBe('    a', { a: 'N1' });
      m.expectObservable(of('rebook'), '^-------!').toBe('f-----1', VALUES);
    }));

  it('gives the money back if the order that it bought has ended meanwhile', () =>
    promiseMarbles((m) => {
      const { of, store } = late(m, 'a', { ticks: 't-----t', rebooked: ['#', 'a|'] });
      m.hot('---e').subscribe(() => void store.transition('expired', ['N1'], m.clock.now()));
      m.expectObservable(of('rebook'), '^-------!').toBe('f-----0', VALUES);
    }));

  it('waits for a worker to store the order that it has bought, and makes no other one', () =>
    promiseMarbles((m) => {
      const rig = late(m, 'a', { ticks: 't----t----t', withoutWorker: true });
      const bought = newOrder({ id: 'N1', saleId: 's', tickets: [1], userId: 'a', key: 'p:a' });
      const settle = () => rig.store.store({ group: 'test', positions: [], orders: [bought] });
      m.hot('-------s').subscribe(() => void settle());
      m.expectObservable(rig.reserve$, '^-----------!').toBe('a----a----a', { a: 'p:a' });
      m.expectObservable(rig.of('rebook'), '^-----------!').toBe('----------1', VALUES);
    }));
});
