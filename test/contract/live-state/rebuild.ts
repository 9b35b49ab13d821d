import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LogAuditSource } from '../../../src/ports/audit-source.ts';
import type { LiveDelta, LiveState } from '../../../src/ports/live-state.ts';
import type { LogEntry } from '../../../src/ports/order-log.ts';
import { rebuildLive } from '../../../src/services/live-rebuild.ts';
import { wholeTimeline } from '../../support/whole-timeline.ts';
import { logRecord, newName } from '../fixtures.ts';

/** A log of one partition that grows. */
interface TestLog extends LogAuditSource {
  append(saleId: string, second: number, reserved: number): LiveDelta;
}

interface Rig {
  readonly live: () => LiveState;
  readonly newPartition: () => number;
}

/** `from` is the first offset that is left. */
function testLog(partition: number, from = 0): TestLog {
  const appended: LogEntry[] = [];
  let next = from;
  return {
    append: (saleId, second, reserved) => {
      const offset = next;
      next += 1;
      const item = logRecord(1).items[0] as ReturnType<typeof logRecord>['items'][number];
      const items = Array.from({ length: reserved }, () => ({ ...item, reservedAt: second * 1000 + 7 }));
      appended.push({ offset, record: { ...logRecord(1), saleId, items } });
      return { saleId, offset, second, reserved };
    },
    ranges: async () => [{ partition, first: appended[0]?.offset ?? from, next }],
    async *entries([range]) {
      if (range === undefined || range.first >= range.next) return;
      yield { partition, entries: appended.filter(({ offset }) => offset >= range.first && offset < range.next) };
    },
  };
}

/** Tests of `rebuild`: wrong figures become those of the log, and the live view goes on. */
export function rebuildContract({ live, newPartition }: Rig): void {
  const figuresOf = async (saleId: string) => {
    const [sale, timeline] = [await live().sale(saleId), await wholeTimeline(live().timelinePages(saleId))];
    return { reserved: sale?.reserved ?? 0, seconds: timeline.map(({ second, reserved }) => [second, reserved]) };
  };
  const rebuild = (log: TestLog, ...saleIds: string[]) => rebuildLive(saleIds, { source: log, live: live() });

  describe('rebuilt from the log', () => {
    it.each([
      ['lost all of its figures', []],
      ['lost the last update of a second', [0, 1]],
      ['lost an update between two others', [0, 2]],
      ['lost a second', [2]],
    ])('has what the log has when it %s', async (_what, applied) => {
      const [saleId, partition] = [newName('sale'), newPartition()];
      const log = testLog(partition);
      const deltas = [log.append(saleId, 100, 3), log.append(saleId, 100, 2), log.append(saleId, 101, 1)];
      await live().apply(
        partition,
        deltas.filter((_, n) => applied.includes(n)),
      );

      const [rebuilt] = await rebuild(log, saleId);

      expect(rebuilt).toMatchObject({ saleId, reserved: 6, since: 0 });
      expect(rebuilt?.changed).toBeGreaterThan(0);
      expect(await figuresOf(saleId)).toEqual({
        reserved: 6,
        seconds: [
          [100, 5],
          [101, 1],
        ],
      });
    });

    it('drops what the log does not have', async () => {
      const [saleId, partition] = [newName('sale'), newPartition()];
      const log = testLog(partition);
      const right = log.append(saleId, 100, 1);
      await live().apply(partition, [right, { ...right, reserved: 4 }, { ...right, second: 99, reserved: 2 }]);

      await rebuild(log, saleId);
      expect(await figuresOf(saleId)).toEqual({ reserved: 1, seconds: [[100, 1]] });
    });

    it('changes nothing, not even the version, when all is right', async () => {
      const [saleId, partition] = [newName('sale'), newPartition()];
      const log = testLog(partition);
      await live().apply(partition, [log.append(saleId, 100, 3), log.append(newName('sale'), 100, 1)]);
      const before = await live().sale(saleId);

      expect(await rebuild(log, saleId)).toMatchObject([{ changed: 0 }]);
      expect(await live().sale(saleId)).toEqual(before);
    });

    it('raises the version with a correction', async () => {
      const [saleId, partition] = [newName('sale'), newPartition()];
      const log = testLog(partition);
      await live().apply(partition, [log.append(saleId, 100, 3)]);
      const before = await live().sale(saleId);
      log.append(saleId, 101, 1);

      await rebuild(log, saleId);
      expect((await live().sale(saleId))?.version).toBeGreaterThan(before?.version ?? 0);
    });

    it('leaves other sales as they are', async () => {
      const [saleId, other, partition] = [newName('sale'), newName('sale'), newPartition()];
      const log = testLog(partition);
      await live().apply(partition, [log.append(other, 100, 3), log.append(saleId, 100, 1)]);
      log.append(other, 100, 1);

      await rebuild(log, saleId);
      expect(await figuresOf(other)).toEqual({ reserved: 3, seconds: [[100, 3]] });
    });

    it('counts what is delivered later once: entries that it included, and those behind them', async () => {
      const [saleId, other, partition] = [newName('sale'), newName('sale'), newPartition()];
      const log = testLog(partition);
      const deltas = [log.append(saleId, 100, 3), log.append(other, 100, 1), log.append(saleId, 101, 2)];
      await rebuild(log, saleId);
      deltas.push(log.append(saleId, 101, 4));

      await live().apply(partition, deltas.slice(0, 2));
      await live().apply(partition, deltas.slice(1));
      expect(await figuresOf(other)).toEqual({ reserved: 1, seconds: [[100, 1]] });
      expect(await figuresOf(saleId)).toEqual({
        reserved: 9,
        seconds: [
          [100, 3],
          [101, 6],
        ],
      });
    });

    it('keeps the seconds that a log without its oldest entries can not have all of', async () => {
      const [saleId, partition] = [newName('sale'), newPartition()];
      const log = testLog(partition, 40);
      await live().apply(partition, [
        { saleId, offset: 30, second: 5000, reserved: 8 },
        log.append(saleId, 5000, 1),
        log.append(saleId, 9000, 2),
      ]);
      log.append(saleId, 9000, 1);

      const [rebuilt] = await rebuild(log, saleId);
      expect(rebuilt?.since).toBeGreaterThan(5000);
      expect(await figuresOf(saleId)).toEqual({
        reserved: 12,
        seconds: [
          [5000, 9],
          [9000, 3],
        ],
      });
    });

    it('ends right beside a live view that goes on, whatever it had lost', async () => {
      const lossy = fc.array(
        fc.record({ second: fc.nat(2), reserved: fc.integer({ min: 1, max: 3 }), lost: fc.boolean() }),
        {
          minLength: 1,
          maxLength: 12,
        },
      );
      await fc.assert(
        fc.asyncProperty(lossy, lossy, async (before, meanwhile) => {
          const [saleId, partition] = [newName('sale'), newPartition()];
          const log = testLog(partition);
          for (const { second, reserved, lost } of before) {
            const one = log.append(saleId, second, reserved);
            if (!lost) await live().apply(partition, [one]);
          }
          const view = (async () => {
            for (const { second, reserved } of meanwhile) {
              await live().apply(partition, [log.append(saleId, second, reserved)]);
            }
          })();
          const rebuilding = rebuild(log, saleId);
          await Promise.all([view, rebuilding]);
          // What a server has lost because of two concurrent updates, as FerretDB may, is found by the next check.
          await rebuild(log, saleId);

          const sum = [...before, ...meanwhile].reduce((all, { reserved }) => all + reserved, 0);
          const { reserved, seconds } = await figuresOf(saleId);
          expect(reserved).toBe(sum);
          expect(seconds.reduce((all, [, one = 0]) => all + one, 0)).toBe(sum);
        }),
        { numRuns: 8 },
      );
    });

    it('reports a live state that is ahead of the log instead of taking entries away', async () => {
      const [saleId, partition] = [newName('sale'), newPartition()];
      const log = testLog(partition);
      log.append(saleId, 100, 1);
      await live().apply(partition, [{ saleId, offset: 9, second: 100, reserved: 5 }]);

      await expect(rebuild(log, saleId)).rejects.toMatchObject({ code: 'unavailable' });
      expect(await figuresOf(saleId)).toEqual({ reserved: 5, seconds: [[100, 5]] });
    });
  });
}
