import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { logRecord } from '../../../test/contract/fixtures.ts';
import { LogMember } from '../../../test/contract/order-log/member.ts';
import { type TempFolder, tempFolder } from '../../../test/support/temp-folder.ts';
import type { ReservationsRecord } from '../../domain/log-record.ts';
import type { LogEntry, OrderLog } from '../../ports/order-log.ts';
import { encodeRecord } from '../log-codec.ts';
import { connect } from './database.ts';
import { type Engine, openEngine } from './engine.ts';
import { createEmbeddedOrderLog } from './order-log.ts';

/** What is particular to this log; the contract suite covers the rest. */
describe('the embedded order log', () => {
  let folder: TempFolder;
  let engine: Engine;
  let log: OrderLog;

  beforeEach(async () => {
    folder = await tempFolder();
    engine = await openEngine({ file: join(folder.path, 'test.db'), thread: false });
    log = createEmbeddedOrderLog(engine);
  });
  afterEach(async () => {
    await engine.close();
    await folder.remove();
  });

  it('shows a waiting reader what another process appended', async () => {
    await log.append(logRecord(1));
    const member = new LogMember(log, { group: 'g' });
    await member.sees(1);
    const process = connect(join(folder.path, 'test.db'));
    process.run('INSERT INTO log (payload) VALUES (?)', encodeRecord(logRecord(2)));
    process.close();
    await member.sees(2);
    member.leave();

    expect(member.tickets()).toEqual([1, 2]);
  });

  it('passes records of this process to a reader that keeps up without reading the file, each once', async () => {
    // No poll interferes, however slow the machine is.
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    try {
      const calls = vi.spyOn(engine, 'call');
      const reads = () => calls.mock.calls.filter(([op]) => op === 'log.read').length;
      const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
      const seen: LogEntry[] = [];
      const subscription = log.consume({ group: 'g', maxInFlight: 100 }).subscribe(({ entries, ack }) => {
        seen.push(...entries);
        ack();
      });
      while (reads() === 0) await turn();
      for (let ticket = 1; ticket <= 20; ticket += 1) await log.append(logRecord(ticket));
      while (seen.length < 20) await turn();
      const readBefore = reads();
      const other = connect(join(folder.path, 'test.db'));
      other.run('INSERT INTO log (payload) VALUES (?)', encodeRecord(logRecord(21)));
      other.close();
      await log.append(logRecord(22));
      while (seen.length < 22) await turn();
      subscription.unsubscribe();

      expect(readBefore).toBe(1);
      const all = Array.from({ length: 22 }, (_, n) => n + 1);
      expect(seen.map(({ offset }) => offset)).toEqual(all);
      expect(seen.map(({ record }) => (record?.type === 'reservations' ? record.items[0]?.tickets[0] : 0))).toEqual(
        all,
      );
    } finally {
      vi.useRealTimers();
    }
  });

  it('refuses appends at once when too many wait, and accepts them again later', async () => {
    const appends = Array.from({ length: 257 }, (_, i) => log.append(logRecord(i + 1)));
    expect(log.writable()).toBe(false);
    const results = await Promise.allSettled(appends);

    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(256);
    expect(results.at(-1)).toMatchObject({ reason: { code: 'full' } });
    expect(log.writable()).toBe(true);
    expect(await log.lag('g')).toBe(256);
  });

  it('reads on after the database was unavailable', async () => {
    let isDown = true;
    const failing: Engine = {
      ...engine,
      call: (op, args) => (isDown && op === 'log.read' ? Promise.reject(new Error('down')) : engine.call(op, args)),
    };
    const reader = createEmbeddedOrderLog(failing);
    await reader.append(logRecord(1));
    const reads = vi.spyOn(failing, 'call');
    const member = new LogMember(reader, { group: 'g' });
    await vi.waitFor(() => expect(reads).toHaveBeenCalledWith('log.read', expect.anything()));
    isDown = false;
    await member.sees(1);
    member.leave();
  });

  it('wakes a waiting reader with each append, before it would poll', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    try {
      const seen: number[] = [];
      let arrived = (): void => {};
      const subscription = log.consume({ group: 'g', maxInFlight: 10 }).subscribe(({ entries, ack }) => {
        seen.push(...entries.map(({ offset }) => offset));
        ack();
        arrived();
      });
      for (let ticket = 1; ticket <= 3; ticket += 1) {
        const next = new Promise<void>((resolve) => {
          arrived = resolve;
        });
        await log.append(logRecord(ticket));
        await next;
      }
      subscription.unsubscribe();

      expect(seen).toEqual([1, 2, 3]);
    } finally {
      vi.useRealTimers();
    }
  });

  it('lets a member that joins go on after all that the previous one acknowledged', async () => {
    await log.append(logRecord(1));
    const first = new LogMember(log, { group: 'g' });
    await first.sees(1);
    first.leave();
    const second = new LogMember(log, { group: 'g' });
    await log.append(logRecord(2));
    await second.sees(1);
    second.leave();

    expect(second.tickets()).toEqual([2]);
  });

  it('ignores acknowledgements of a member that has left', async () => {
    await log.append(logRecord(1));
    const late = new LogMember(log, { group: 'g', acks: false });
    await late.sees(1);
    late.leave();
    late.acknowledgeFromNowOn();
    // The second member to leave would save what the late one acknowledged.
    for (let successor = 0; successor < 2; successor += 1) {
      const member = new LogMember(log, { group: 'g', acks: false });
      await member.sees(1);
      member.leave();
      expect(member.tickets()).toEqual([1]);
    }
  });

  it('prefetches 2,048 orders, however many records may be in flight, and reads on once half are acknowledged', async () => {
    const [items, records] = [128, 40];
    for (let n = 0; n < records; n += 1) {
      await log.append({ ...logRecord(1), items: Array.from({ length: items }, (_, i) => itemOf(n * items + i + 1)) });
    }
    let read = 0;
    const acks: (() => void)[] = [];
    let arrived = (): void => {};
    const subscription = log.consume({ group: 'g', maxInFlight: 256 }).subscribe(({ entries, ack }) => {
      read += entries.length;
      acks.push(ack);
      arrived();
    });
    const seen = async (count: number) => {
      while (read < count) {
        await new Promise<void>((resolve) => {
          arrived = resolve;
        });
      }
      // More entries would arrive with the next answers of the engine.
      for (let n = 0; n < 3; n += 1) await log.ping();
      expect(read).toBe(count);
    };
    await seen(16);
    acks.shift()?.();
    await seen(32);
    acks.shift()?.();
    await seen(40);
    subscription.unsubscribe();
  });
});

function itemOf(ticket: number): ReservationsRecord['items'][number] {
  return logRecord(ticket).items[0] as ReservationsRecord['items'][number];
}
