import { describe, expect, it, vi } from 'vitest';
import type { LogEntry, OrderLog } from '../../../src/ports/order-log.ts';
import { logRecord, logRecords, newName } from '../fixtures.ts';
import { type JoinLog, ticketsOf } from './member.ts';

const PATIENCE = { timeout: 30_000, interval: 10 };

/** The offset after the last entry. */
function nextOf(entries: readonly LogEntry[] = []): number | undefined {
  const last = entries.at(-1);
  return last === undefined ? undefined : last.offset + 1;
}

/** Groups that read concurrently, and that continue after a restart. */
export function orderLogGroupTests(log: () => OrderLog, join: JoinLog): void {
  describe('a group', () => {
    const append = async (count: number): Promise<void> => {
      for (const record of logRecords(count)) await log().append(record);
    };
    const lagBecomes = (group: string, lag: number): Promise<void> =>
      vi.waitFor(async () => expect(await log().lag(group)).toBe(lag), PATIENCE);

    it('reads everything, independently of other groups', async () => {
      await append(6);
      const [one, two] = [join(), join({ maxInFlight: 2 })];
      await one.sees(6);
      await two.sees(6);

      expect(one.tickets()).toEqual([1, 2, 3, 4, 5, 6]);
      expect(two.tickets()).toEqual([1, 2, 3, 4, 5, 6]);
    });

    it('continues after what it acknowledged', async () => {
      const group = newName('group');
      await append(4);
      const first = join({ group });
      await first.sees(4);
      await lagBecomes(group, 0);
      first.leave();
      await log().append(logRecord(5));
      const second = join({ group });
      await second.sees(1);

      expect(second.tickets()).toEqual([5]);
    });

    it('reads again what it did not acknowledge', async () => {
      const group = newName('group');
      await append(4);
      const first = join({ group, acks: false });
      await first.sees(4);
      first.leave();
      const second = join({ group });
      await second.sees(4);

      expect(second.tickets()).toEqual([1, 2, 3, 4]);
    });

    it('continues at the position that the reader has stored', async () => {
      const group = newName('group');
      await append(8);
      const first = join({ group });
      await first.sees(8);
      await lagBecomes(group, 0);
      first.leave();
      const last = new Map([...first.byPartition()].map(([partition, entries]) => [partition, entries.at(-1)]));
      const second = join({ group, positionOf: async (partition) => last.get(partition)?.offset });
      await second.sees(last.size);

      expect(second.tickets()).toEqual(
        [...last.values()].flatMap((entry) => ticketsOf(entry?.record)).toSorted((a, b) => a - b),
      );
    });

    it('does not lag behind the position that the reader has stored', async () => {
      const group = newName('group');
      await append(4);
      const first = join({ group, acks: false });
      await first.sees(4);
      first.leave();
      const placed = first.byPartition();
      const second = join({ group, positionOf: async (partition) => nextOf(placed.get(partition)) });
      await lagBecomes(group, 0);

      expect(second.tickets()).toEqual([]);
    });

    it('starts at the beginning without any stored position', async () => {
      await append(3);
      const member = join({ positionOf: async () => undefined });
      await member.sees(3);

      expect(member.tickets()).toEqual([1, 2, 3]);
    });

    it('waits while the store of its reader is unavailable', async () => {
      await append(2);
      const positionOf = vi
        .fn()
        .mockRejectedValueOnce(new Error('the store is unavailable'))
        .mockResolvedValue(undefined);
      const member = join({ positionOf });
      await member.sees(2);

      expect(member.tickets()).toEqual([1, 2]);
    });

    it('lags by what it has not acknowledged', async () => {
      const group = newName('group');
      await append(5);
      expect(await log().lag(group)).toBe(5);
      const member = join({ group, acks: false, maxInFlight: 2 });
      await member.sees(1);
      expect(await log().lag(group)).toBe(5);
      await lagBecomes(group, 5 - member.acknowledgeNext());
      member.acknowledgeFromNowOn();
      await lagBecomes(group, 0);
      await log().append(logRecord(6));
      await member.sees(6);
      await lagBecomes(group, 0);
    });

    it('is read completely by two members, and by the one that remains', async () => {
      const group = newName('group');
      const [one, two] = [join({ group }), join({ group })];
      const seen = (): Set<number> => new Set([...one.tickets(), ...two.tickets()]);
      await append(5);
      await vi.waitFor(() => expect(seen()).toEqual(new Set([1, 2, 3, 4, 5])), PATIENCE);
      await lagBecomes(group, 0);
      one.leave();
      await log().append(logRecord(6));
      await two.sees(1);
      await vi.waitFor(() => expect(two.tickets()).toContain(6), PATIENCE);
    });
  });
}
