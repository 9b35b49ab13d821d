import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LoggedReservation } from '../../../src/domain/log-record.ts';
import { MAX_QUANTITY } from '../../../src/domain/order.ts';
import type { DecodedDeadLetter, OrderLog } from '../../../src/ports/order-log.ts';
import { logRecord, logRecords, newName, newOrderId } from '../fixtures.ts';
import { damagedRecords } from './damaged.ts';
import { orderLogDeadLetterTests } from './dead-letters.ts';
import { orderLogFenceTests } from './fences.ts';
import { orderLogGroupTests } from './groups.ts';
import { type JoinLog, LogMember, ticketsOf } from './member.ts';

export interface LogHarness {
  /** An empty log. */
  readonly log: OrderLog;
  /** Drops everything in memory and opens the same log again; absent for logs that can't. */
  readonly reopen?: () => Promise<OrderLog>;
  /** Writes bytes to the log that no append would; absent where only appends can write. */
  readonly appendRaw?: (bytes: string | Buffer) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Tests of the order log port. Each test gets a log of its own from `open`. */
export function orderLogContract(name: string, open: () => Promise<LogHarness>): void {
  describe(`${name} as an order log`, () => {
    let harness: LogHarness;
    let log: OrderLog;
    const members: LogMember[] = [];
    const join: JoinLog = (options = {}) => {
      const member = new LogMember(log, { group: newName('group'), ...options });
      members.push(member);
      return member;
    };

    beforeEach(async () => {
      harness = await open();
      log = harness.log;
    });
    afterEach(async () => {
      for (const member of members.splice(0)) member.leave();
      await harness.close();
    });

    it('delivers what was appended, unchanged', async () => {
      const [before, after] = [logRecord(1), logRecord(2)];
      await log.append(before);
      const member = join();
      await member.sees(1);
      await log.append(after);
      await member.sees(2);

      expect(member.records).toEqual([before, after]);
    });

    it('delivers orders of several tickets with all of them', async () => {
      const [one] = logRecord(1).items as [LoggedReservation];
      const most = Array.from({ length: MAX_QUANTITY }, (_, n) => n + 10);
      const items = [[2, 3], [4], [5, 7, 9], most].map((tickets) => ({ ...one, orderId: newOrderId(), tickets }));
      const record = { ...logRecord(1), items: [one, ...items] };
      await log.append(record);
      const member = join();
      await member.sees(1);

      expect(member.records).toEqual([record]);
      expect(member.tickets()).toEqual([1, 2, 3, 4, 5, 7, 9, ...most]);
    });

    it('keeps the order of a partition, with increasing offsets', async () => {
      for (const record of logRecords(30)) await log.append(record);
      const member = join();
      await member.sees(30);

      for (const entries of member.byPartition().values()) {
        const offsets = entries.map(({ offset }) => offset);
        expect(offsets).toEqual([...new Set(offsets)].toSorted((a, b) => a - b));
        const tickets = entries.flatMap(({ record }) => ticketsOf(record));
        expect(tickets).toEqual(tickets.toSorted((a, b) => a - b));
      }
      expect(member.tickets()).toEqual(Array.from({ length: 30 }, (_, i) => i + 1));
    });

    it('keeps all of many concurrent appends', async () => {
      const member = join();
      await Promise.all(logRecords(100).map((record) => log.append(record)));
      await member.sees(100);

      expect(member.tickets()).toEqual(Array.from({ length: 100 }, (_, i) => i + 1));
    });

    it('fetches no more than the reader has room for', async () => {
      await Promise.all(logRecords(40).map((record) => log.append(record)));
      const slow = join({ maxInFlight: 5, acks: false });
      const fast = join();
      // The fast one has everything, so an unlimited slow one would have had the time, too.
      await fast.sees(40);
      await slow.sees(1);
      expect(slow.unacknowledged).toBeLessThanOrEqual(5);

      slow.acknowledgeFromNowOn();
      await slow.sees(40);
      expect(slow.mostUnacknowledged).toBeLessThanOrEqual(5);
      expect(slow.tickets()).toEqual(fast.tickets());
    });

    orderLogGroupTests(() => log, join);

    it('delivers text that is not a record as it is, and continues after it', async ({ skip }) => {
      const { appendRaw } = harness;
      if (appendRaw === undefined) return skip('only appends can write to this log');
      await appendRaw('{"type":"reservations"');
      await appendRaw('{"type":"unheard of"}');
      await log.append(logRecord(1));
      const member = join();
      await member.sees(3);

      const broken = member.entries.filter(({ record }) => record === undefined);
      expect(broken.map(({ raw }) => raw).toSorted()).toEqual(['{"type":"reservations"', '{"type":"unheard of"}']);
      expect(broken.map(({ error }) => typeof error)).toEqual(['string', 'string']);
      expect(member.tickets()).toEqual([1]);
    });

    it.each(damagedRecords())('delivers %s as no record, and continues after it', async (_, bytes) => {
      const { appendRaw } = harness;
      if (appendRaw === undefined) return;
      await appendRaw(bytes);
      await log.append(logRecord(1));
      const member = join();
      await member.sees(2);
      const damaged = member.entries.filter(({ record }) => record === undefined);
      const raw = damaged[0]?.raw ?? '';
      expect(damaged).toEqual([{ offset: expect.any(Number), record: undefined, raw, error: expect.any(String) }]);
      if (typeof bytes === 'string') expect(raw).toBe(bytes);
      else expect(raw).toBe(`not UTF-8, in base64: ${bytes.toString('base64')}`);
      expect(member.tickets()).toEqual([1]);

      await log.deadLetter({ group: 'g', partition: 0, offset: 1, reason: 'damaged', attempts: 1, raw });
      const letters: DecodedDeadLetter[] = [];
      for await (const letter of log.deadLetters()) letters.push(letter);
      expect(letters).toMatchObject([{ raw, record: undefined }]);
    });

    orderLogFenceTests(() => log, join);

    orderLogDeadLetterTests(() => log);

    it('is writable and answers a ping', async () => {
      expect(log.writable()).toBe(true);
      await expect(log.ping()).resolves.toBeUndefined();
    });

    it('has its records and positions after it is opened again', async ({ skip }) => {
      const { reopen } = harness;
      if (reopen === undefined) return skip('this log cannot be opened again here');
      const group = newName('group');
      await log.append(logRecord(1));
      const before = join({ group });
      await before.sees(1);
      await vi.waitFor(async () => expect(await log.lag(group)).toBe(0));
      // Before the append, or it could read that record as well.
      before.leave();
      await log.append(logRecord(2));
      log = await reopen();

      const newcomer = join();
      await newcomer.sees(2);
      const after = join({ group, positionOf: async () => undefined });
      await after.sees(1);
      expect(newcomer.tickets()).toEqual([1, 2]);
      expect(after.tickets().at(-1)).toBe(2);
    });
  });
}
