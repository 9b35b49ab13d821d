import { describe, it } from 'vitest';
import { housekeepingMarbles } from '../../../test/support/housekeeping-marbles.ts';
import { type PromiseMarbles, promiseMarbles, UNAVAILABLE } from '../../../test/support/promise-marbles.ts';

/** Orders cancelled before their payment was captured; each payment is named like its order, in capitals. */
function refundable(m: PromiseMarbles, ids: string, diagrams: Omit<Parameters<typeof housekeepingMarbles>[1], 'due'>) {
  const rig = housekeepingMarbles(m, { due: { s: ids }, sales: '-', ...diagrams });
  void rig.store.transition('cancelled', [...ids], m.clock.now());
  for (const [n, orderId] of [...ids].entries()) {
    const paymentId = orderId.toUpperCase();
    const amount = { amount: 12_999, currency: 'USD' };
    void rig.store.capture({ eventId: `evt-${paymentId}`, paymentId, orderId, amount, at: m.clock.now() + n });
  }
  return rig;
}

const ONE = { refunded: 1 };
const FAULT = { refunded: 0, fault: UNAVAILABLE };

describe('the refund of late captures', () => {
  it('refunds each payment once, a few at a time, oldest first', () =>
    promiseMarbles((m) => {
      const { of, refund$ } = refundable(m, 'abc', {
        ticks: '                       t---------t',
        refund: '                      ----a|',
        options: { batchSize: 10, refundsAtOnce: 2 },
      });
      m.expectObservable(refund$).toBe('           (AB)C');
      m.expectObservable(of('refund'), '  ^-----------!').toBe('----(11)1', { 1: ONE });
    }));

  it('continues with the others when one fails, pauses, and tries that one again', () =>
    promiseMarbles((m) => {
      const { of, refund$ } = refundable(m, 'ab', { ticks: 't--t---t', refund: ['-#', '-a|'] });
      m.expectObservable(refund$).toBe('        AB-----A');
      m.expectObservable(of('refund'), '        ^--------!').toBe('-f1-----1', { f: FAULT, 1: ONE });
    }));

  it('requests a refund again that could not be marked as refunded', () =>
    promiseMarbles((m) => {
      const { of, refund$ } = refundable(m, 'a', { ticks: 't-----t----t', refunded: ['#', 'a|'] });
      m.expectObservable(refund$).toBe('        A-----A');
      m.expectObservable(of('refund'), '        ^-----------!').toBe('f-----1', { f: FAULT, 1: ONE });
    }));
});
