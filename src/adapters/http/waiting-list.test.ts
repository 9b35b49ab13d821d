import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Waiter, WaitingList } from './waiting-list.ts';

interface Named extends Waiter {
  readonly name: number;
}

function named(name: number): Named {
  return { name, previous: undefined, next: undefined, since: 0 };
}

describe('WaitingList', () => {
  it('hands over, oldest first, whoever joined so many ticks ago and is still there', () => {
    const step = fc.oneof(fc.constant('join' as const), fc.constant('tick' as const), fc.nat(20));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.integer({ min: 1, max: 4 }), (steps, ticks) => {
        const list = new WaitingList<Named>();
        let model: { readonly waiter: Named; readonly since: number }[] = [];
        let now = 0;
        for (const [n, what] of steps.entries()) {
          if (what === 'join') {
            const waiter = named(n);
            list.add(waiter);
            model.push({ waiter, since: now });
          } else if (what === 'tick') {
            now += 1;
            const overdue: Named[] = [];
            list.tick(ticks, (waiter) => {
              overdue.push(waiter);
              list.remove(waiter);
            });
            expect(overdue).toEqual(model.filter(({ since }) => since <= now - ticks).map(({ waiter }) => waiter));
            model = model.filter(({ since }) => since > now - ticks);
          } else if (model.length > 0) {
            const [gone] = model.splice(what % model.length, 1);
            list.remove(gone?.waiter as Named);
          }
          expect(list.size).toBe(model.length);
        }
      }),
    );
  });
});
