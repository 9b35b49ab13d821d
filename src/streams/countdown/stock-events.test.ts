import { map } from 'rxjs';
import { describe, it } from 'vitest';
import { marbles } from '../../../test/support/marbles.ts';
import { stockEvents } from './stock-events.ts';

const saleId = 'sale-1';

describe('the stock events', () => {
  it('emits the first stock at once and then the newest, and nothing that is old or unchanged', () =>
    marbles((m) => {
      // A digit is a version; at version 3 there are 7 left.
      const observed$ = m
        .hot('                       -1324--4-4-----5|')
        .pipe(map((digit) => ({ saleId, stock: { version: Number(digit), remaining: 10 - Number(digit) } })));
      const event$ = stockEvents(observed$, { ms: 5, scheduler: m.scheduler }).pipe(
        map(({ stock: { version, remaining } }) => `${version}:${remaining}`),
      );
      m.expectObservable(event$).toBe('-1----4--------5|', { 1: '1:9', 4: '4:6', 5: '5:5' });
    }));
});
