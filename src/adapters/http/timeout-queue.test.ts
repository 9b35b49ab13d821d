import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type TimeoutEntry, TimeoutQueue } from './timeout-queue.ts';

interface Named extends TimeoutEntry {
  readonly name: number;
}

function named(name: number): Named {
  return { name, previous: undefined, next: undefined, since: 0 };
}

describe('TimeoutQueue', () => {
  it('passes on, oldest first, the entries that were added so many ticks ago and are still there', () => {
    const step = fc.oneof(fc.constant('add' as const), fc.constant('tick' as const), fc.nat(20));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.integer({ min: 1, max: 4 }), (steps, ticks) => {
        const queue = new TimeoutQueue<Named>();
        let model: { readonly entry: Named; readonly since: number }[] = [];
        let now = 0;
        for (const [n, what] of steps.entries()) {
          if (what === 'add') {
            const entry = named(n);
            queue.add(entry);
            model.push({ entry, since: now });
          } else if (what === 'tick') {
            now += 1;
            const timedOut: Named[] = [];
            queue.tick(ticks, (entry) => {
              timedOut.push(entry);
              queue.remove(entry);
            });
            expect(timedOut).toEqual(model.filter(({ since }) => since <= now - ticks).map(({ entry }) => entry));
            model = model.filter(({ since }) => since > now - ticks);
          } else if (model.length > 0) {
            const [removed] = model.splice(what % model.length, 1);
            queue.remove(removed?.entry as Named);
          }
          expect(queue.size).toBe(model.length);
        }
      }),
    );
  });
});
