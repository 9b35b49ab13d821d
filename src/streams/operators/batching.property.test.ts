import fc from 'fast-check';
import { Subject, VirtualTimeScheduler } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { batchBy } from './batch-by.ts';
import { type BatchLoad, batchMap } from './batch-map.ts';

interface Item {
  readonly id: number;
  readonly key: string;
}

const KEYS = ['a', 'b', 'c'];

type Step = { readonly arrive: string } | { readonly endTurn: true } | { readonly finish: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ arrive: fc.constantFrom(...KEYS) }) },
  { weight: 1, arbitrary: fc.constant({ endTurn: true } as const) },
  { weight: 2, arbitrary: fc.record({ finish: fc.nat(9) }) },
);

const idsOf = (items: readonly Item[]) => items.map(({ id }) => id);

function expectAscending(ids: readonly number[]): void {
  expect(ids).toEqual([...ids].sort((a, b) => a - b));
}

function expectBatch(items: readonly Item[], key: string, size: number): void {
  expect(items.length).toBeGreaterThan(0);
  expect(items.length).toBeLessThanOrEqual(size);
  expect(new Set(items.map((item) => item.key))).toEqual(new Set([key]));
}

/** A batch in flight: it answers all of its items when the test ends it. */
function workOf(items: readonly Item[]) {
  const answer$ = new Subject<Item>();
  const end = () => {
    for (const item of items) answer$.next(item);
    answer$.complete();
  };
  return { items, answer$, end };
}

describe('batchMap, for items that arrive and batches that end in any order', () => {
  it('loses and repeats no item, keeps the order per key and all of its bounds', () => {
    const bounds = fc.record({
      size: fc.integer({ min: 1, max: 4 }),
      concurrency: fc.integer({ min: 1, max: 3 }),
      capacity: fc.integer({ min: 1, max: 8 }),
    });
    fc.assert(
      fc.property(bounds, fc.array(step, { maxLength: 80 }), fc.boolean(), (limits, steps, synchronous) => {
        const { size, concurrency, capacity } = limits;
        const turn: (() => void)[] = [];
        const underWay: { readonly items: readonly Item[]; readonly end: () => void }[] = [];
        const started: Item[] = [];
        const refused: Item[] = [];
        const answered: Item[] = [];
        let completed = false;
        let load: BatchLoad | undefined;

        const project = (items: readonly Item[], key: string) => {
          expectBatch(items, key, size);
          started.push(...items);
          if (synchronous) return items;
          const work = workOf(items);
          underWay.push(work);
          expect(load?.underWay).toBeLessThanOrEqual(concurrency);
          expect(underWay.flatMap((one) => one.items).length).toBeLessThanOrEqual(size * concurrency);
          return work.answer$;
        };
        const refuse = (item: Item) => {
          refused.push(item);
          return item;
        };
        const source$ = new Subject<Item>();
        source$
          .pipe(
            batchMap(project, {
              ...limits,
              refuse,
              keyOf: ({ key }) => key,
              schedule: (task) => turn.push(task),
              onSubscribe: (view) => {
                load = view;
              },
            }),
          )
          .subscribe({
            next: (item) => answered.push(item),
            complete: () => {
              completed = true;
            },
          });

        const endTurn = () => {
          for (const task of turn.splice(0)) task();
        };
        const finish = (n: number) => underWay.splice(n % underWay.length, 1)[0]?.end();

        const arrived: Item[] = [];
        const arrive = (key: string) => {
          const waiting = arrived.length - refused.length - started.length;
          const refusals = refused.length;
          const item = { id: arrived.length, key };
          arrived.push(item);
          source$.next(item);
          expect(refused.length - refusals).toBe(waiting >= capacity ? 1 : 0);
        };
        for (const next of steps) {
          if ('arrive' in next) arrive(next.arrive);
          else if ('finish' in next) finish(next.finish);
          else endTurn();
          expect(arrived.length - refused.length - started.length).toBeLessThanOrEqual(capacity);
        }
        source$.complete();
        while (underWay.length > 0) finish(0);

        expect(completed).toBe(true);
        expect(idsOf(answered).sort((a, b) => a - b)).toEqual(idsOf(arrived));
        for (const key of KEYS) expectAscending(idsOf(started.filter((item) => item.key === key)));
      }),
      { numRuns: 500 },
    );
  });
});

describe('batchBy, for items that arrive at any time', () => {
  it('loses and repeats no item, keeps the order, the size and the time', () => {
    const arrivals = fc.array(fc.record({ gapMs: fc.nat(6), weight: fc.nat(5) }), { maxLength: 40 });
    const bounds = fc.record({ size: fc.integer({ min: 1, max: 10 }), ms: fc.integer({ min: 1, max: 9 }) });
    fc.assert(
      fc.property(arrivals, bounds, fc.constantFrom('complete', 'error'), (gaps, { size, ms }, end) => {
        const scheduler = new VirtualTimeScheduler();
        const source$ = new Subject<{ id: number; weight: number; at: number }>();
        const out: number[] = [];
        source$.pipe(batchBy({ size, ms, weigh: ({ weight }) => weight, scheduler })).subscribe({
          next: (batch) => {
            expect(batch.length).toBeGreaterThan(0);
            const before = batch.slice(0, -1).reduce((sum, { weight }) => sum + weight, 0);
            expect(before).toBeLessThan(size);
            expect(scheduler.now() - (batch[0]?.at ?? 0)).toBeLessThanOrEqual(ms);
            out.push(...batch.map(({ id }) => id));
          },
          error: () => out.push(-1),
          complete: () => out.push(-2),
        });
        let at = 0;
        gaps.forEach(({ gapMs, weight }, id) => {
          at += gapMs;
          scheduler.schedule(() => source$.next({ id, weight, at: scheduler.now() }), at);
        });
        scheduler.schedule(() => (end === 'error' ? source$.error('lost') : source$.complete()), at);
        scheduler.flush();
        expect(out).toEqual([...gaps.keys(), end === 'error' ? -1 : -2]);
      }),
      { numRuns: 500 },
    );
  });
});
