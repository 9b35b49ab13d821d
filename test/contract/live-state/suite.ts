import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LiveDelta, LiveState } from '../../../src/ports/live-state.ts';
import { wholeTimeline } from '../../support/whole-timeline.ts';
import { newName } from '../fixtures.ts';
import { rebuildContract } from './rebuild.ts';

export interface LiveHarness {
  /** An empty one. */
  readonly live: LiveState;
  /** Drops everything in memory and opens the same data again; absent where nothing is persisted. */
  readonly reopen?: () => Promise<LiveState>;
  readonly close: () => Promise<void>;
}

/** Tests of the live state port. Each test has its own sales and partitions, so all share one harness. */
export function liveStateContract(name: string, open: () => Promise<LiveHarness>): void {
  describe(`${name} as live state`, () => {
    let harness: LiveHarness;
    let live: LiveState;
    let partitions = 0;
    const newPartition = (): number => partitions++;

    beforeAll(async () => {
      harness = await open();
      live = harness.live;
    });
    afterAll(() => harness.close());

    it('returns nothing for an unknown sale', async () => {
      const saleId = newName('sale');

      expect(await live.sale(saleId)).toBeUndefined();
      expect(await wholeTimeline(live.timelinePages(saleId))).toEqual([]);
    });

    it('adds up what is applied', async () => {
      const [saleId, partition] = [newName('sale'), newPartition()];
      await live.apply(partition, [delta(saleId, 0, 100, 3), delta(saleId, 1, 100, 2)]);
      await live.apply(partition, [delta(saleId, 2, 101, 1)]);

      expect(await live.sale(saleId)).toMatchObject({ saleId, reserved: 6 });
      expect(await wholeTimeline(live.timelinePages(saleId))).toEqual([
        { second: 100, reserved: 5 },
        { second: 101, reserved: 1 },
      ]);
    });

    it('adds to many sales at once, for several partitions', async () => {
      const partitions = Array.from({ length: 4 }, newPartition);
      const sales = Array.from({ length: 100 }, () => newName('sale'));
      const apply = (from: number) =>
        Promise.all(
          partitions.map((partition) =>
            live.apply(
              partition,
              sales.map((saleId, n) => delta(saleId, from + n, 100, 1)),
            ),
          ),
        );
      await apply(0);
      await apply(100);

      for (const saleId of [sales[0], sales[99]] as [string, string]) {
        expect(await live.sale(saleId)).toMatchObject({ saleId, reserved: 2 * partitions.length });
      }
    });

    it('has the same seconds in the pages of its timeline, in one or several points', async () => {
      const [saleId, partitions] = [newName('sale'), [newPartition(), newPartition()]];
      const seconds = Array.from({ length: 50 }, (_, n) => 1_900_000_000 + n);
      for (const partition of partitions) {
        await live.apply(
          partition,
          seconds.map((second, offset) => delta(saleId, offset, second, 1)),
        );
      }
      const found = new Map<number, number>();
      for await (const page of live.timelinePages(saleId)) {
        for (const { second, reserved } of page) found.set(second, (found.get(second) ?? 0) + reserved);
      }
      expect([...found].sort(([a], [b]) => a - b)).toEqual(seconds.map((second) => [second, 2]));
    });

    it('orders the timeline by second, whatever was applied first', async () => {
      const [saleId, partition] = [newName('sale'), newPartition()];
      await live.apply(partition, [delta(saleId, 0, 1_000, 1), delta(saleId, 1, 999, 1), delta(saleId, 2, 1_005, 1)]);

      expect((await wholeTimeline(live.timelinePages(saleId))).map(({ second }) => second)).toEqual([
        999, 1_000, 1_005,
      ]);
    });

    it('increases the version with each change, and only then', async () => {
      const [saleId, partition] = [newName('sale'), newPartition()];
      const versions: number[] = [];
      for (const offset of [0, 1, 1, 2]) {
        await live.apply(partition, [delta(saleId, offset, 100, 1)]);
        versions.push((await live.sale(saleId))?.version ?? Number.NaN);
      }

      const [first = 0, second = 0, repeated, last = 0] = versions;
      expect(second).toBeGreaterThan(first);
      expect(repeated).toBe(second);
      expect(last).toBeGreaterThan(second);
    });

    it('keeps sales apart', async () => {
      const [one, two, partition] = [newName('sale'), newName('sale'), newPartition()];
      await live.apply(partition, [delta(one, 0, 100, 1), delta(two, 1, 100, 5)]);

      expect(await live.sale(one)).toMatchObject({ reserved: 1 });
      expect(await wholeTimeline(live.timelinePages(two))).toEqual([{ second: 100, reserved: 5 }]);
    });

    it('applies every delta of one entry', async () => {
      const [one, two, partition] = [newName('sale'), newName('sale'), newPartition()];
      await live.apply(partition, [delta(one, 4, 100, 1), delta(one, 4, 101, 2), delta(two, 4, 100, 3)]);

      expect(await live.sale(one)).toMatchObject({ reserved: 3 });
      expect(await live.sale(two)).toMatchObject({ reserved: 3 });
    });

    it('counts the same offset in two partitions as two entries', async () => {
      const saleId = newName('sale');
      await live.apply(newPartition(), [delta(saleId, 0, 100, 1)]);
      await live.apply(newPartition(), [delta(saleId, 0, 100, 1)]);

      expect(await live.sale(saleId)).toMatchObject({ reserved: 2 });
    });

    it('accepts an empty call', async () => {
      await expect(live.apply(newPartition(), [])).resolves.toBeUndefined();
    });

    it('loses nothing when partitions are applied at the same time', async () => {
      const saleId = newName('sale');
      const offsets = Array.from({ length: 10 }, (_, i) => i);
      await Promise.all(
        Array.from({ length: 5 }, async () => {
          const partition = newPartition();
          for (const offset of offsets) await live.apply(partition, [delta(saleId, offset, 100 + offset, 1)]);
        }),
      );

      expect(await live.sale(saleId)).toMatchObject({ reserved: 50 });
      expect(await wholeTimeline(live.timelinePages(saleId))).toEqual(
        offsets.map((offset) => ({ second: 100 + offset, reserved: 5 })),
      );
    });

    it('counts each entry once, however often it is delivered, and in whatever chunks', async () => {
      const entries = fc.array(
        fc.array(fc.record({ sale: fc.nat(1), second: fc.nat(3), reserved: fc.integer({ min: 1, max: 5 }) }), {
          minLength: 1,
          maxLength: 3,
        }),
        {
          minLength: 1,
          maxLength: 8,
        },
      );
      /** First entry and number of entries of each delivery: a consumer that was reset reads again from there. */
      const pieces = fc.array(fc.tuple(fc.nat(7), fc.integer({ min: 1, max: 8 })), { maxLength: 6 });
      await fc.assert(
        fc.asyncProperty(entries, pieces, async (log, deliveries) => {
          const partition = newPartition();
          const sales = [newName('sale'), newName('sale')];
          const deltas = log.map((entry, offset) =>
            entry.map(({ sale, second, reserved }) => delta(sales[sale] ?? '', offset, second, reserved)),
          );
          let reached = 0;
          for (const [from, length] of [...deliveries, [0, log.length] as const]) {
            const start = Math.min(from, reached);
            await live.apply(partition, deltas.slice(start, start + length).flat());
            reached = Math.max(reached, start + length);
          }
          for (const sale of sales) {
            const sum = deltas.flat().reduce((all, { saleId, reserved }) => all + (saleId === sale ? reserved : 0), 0);
            const timeline = await wholeTimeline(live.timelinePages(sale));
            expect((await live.sale(sale))?.reserved ?? 0).toBe(sum);
            expect(timeline.reduce((all, { reserved }) => all + reserved, 0)).toBe(sum);
          }
        }),
        { numRuns: 50 },
      );
    });

    rebuildContract({ live: () => live, newPartition });

    it('answers a ping', async () => {
      await expect(live.ping()).resolves.toBeUndefined();
    });

    it('has what was applied after it is opened again', async ({ skip }) => {
      const { reopen } = harness;
      if (reopen === undefined) return skip('this live state persists nothing');
      const [saleId, partition] = [newName('sale'), newPartition()];
      await live.apply(partition, [delta(saleId, 0, 100, 3)]);
      const before = await live.sale(saleId);
      live = await reopen();
      await live.apply(partition, [delta(saleId, 0, 100, 3)]);

      expect(await live.sale(saleId)).toEqual(before);
      expect(await wholeTimeline(live.timelinePages(saleId))).toEqual([{ second: 100, reserved: 3 }]);
    });
  });
}

function delta(saleId: string, offset: number, second: number, reserved: number): LiveDelta {
  return { saleId, offset, second, reserved };
}
