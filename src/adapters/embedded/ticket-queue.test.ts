import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { auditQueue } from '../../../test/support/queue-audit.ts';
import { type TempFolder, tempFolder } from '../../../test/support/temp-folder.ts';
import type { ReserveItem, ReserveReply, TicketQueue } from '../../ports/ticket-queue.ts';
import { createEmbeddedQueueAuditSource } from './audit-source.ts';
import { connect, type Db } from './database.ts';
import { type Engine, openEngine } from './engine.ts';
import { createEmbeddedTicketQueue } from './ticket-queue.ts';

const SALE = { id: 's', epoch: 1, total: 5, perBuyerLimit: 1, opensAt: 1_000, closesAt: 2_000 };

/** Removes what later schemas have added, but for tables that the tests drop. */
function withoutChanges(earlier: Db): void {
  const columns = ['paused', 'added', 'version', 'several', 'forfeits', 'removed'];
  for (const column of columns) earlier.run(`ALTER TABLE queue_sale DROP COLUMN ${column}`);
  earlier.run('DROP TABLE queue_several');
}

/** As {@link withoutChanges}, for a table of reservations that the test leaves as it is. */
function withoutMore(earlier: Db): void {
  earlier.run('ALTER TABLE queue_reservation DROP COLUMN more');
}

/** What needs a clock that can be set, or a damaged file; the contract suite covers the rest. */

describe('the embedded ticket queue', () => {
  let folder: TempFolder;
  let engine: Engine;
  let queue: TicketQueue;
  let now: number;
  let orders = 0;

  beforeEach(async () => {
    folder = await tempFolder();
    engine = await openEngine({ file: join(folder.path, 'test.db'), thread: false });
    now = 1_500;
    queue = createEmbeddedTicketQueue({ engine, clock: { now: () => now } });
    await queue.load(SALE);
  });
  afterEach(async () => {
    await engine.close();
    await folder.remove();
  });

  const buy = (): Promise<ReserveReply> => {
    orders += 1;
    return queue.reserve('s', 1, [
      { orderId: `o${orders}`, userId: `u${orders}`, key: `o:${orders}`, fingerprint: '', quantity: 1 },
    ]);
  };

  it.each([
    [999, 'notStarted'],
    [1_000, 'reserved'],
    [1_999, 'reserved'],
    [2_000, 'ended'],
  ])('answers at %i, by its own clock, %s', async (time, kind) => {
    now = time;

    expect(await buy()).toMatchObject({ answers: [{ kind }] });
  });

  it('timestamps a reservation by its clock', async () => {
    expect(await buy()).toMatchObject({ answers: [{ reservedAt: 1_500 }] });
  });

  it('counts the lease of a reservation from the last claim', async () => {
    await buy();
    const claim = async (): Promise<number> => (await queue.claimStranded('s', { leaseMs: 100, max: 9 })).length;

    expect(await claim()).toBe(0);
    now = 1_700;
    expect([await claim(), await claim()]).toEqual([1, 0]);
    now = 1_750;
    expect(await claim()).toBe(0);
    now = 1_850;
    expect(await claim()).toBe(1);
  });

  const attempt = async (userId: string, at: TicketQueue = queue) => {
    orders += 1;
    const item = { orderId: `o${orders}`, userId, key: `o:${orders}`, fingerprint: '', quantity: 1 };
    const reply = await at.reserve('s', 1, [item], 2);
    return reply.kind === 'answered' ? reply.answers[0] : undefined;
  };

  it('counts attempts by the minutes of its clock, and deletes those of earlier minutes', async () => {
    const kindAt = (time: number, userId: string) => {
      now = time;
      return attempt(userId);
    };
    const rows = () => {
      const reader = connect(join(folder.path, 'test.db'));
      const found = reader.all('SELECT minute, buyer, attempts FROM queue_attempt ORDER BY minute, buyer');
      reader.close();
      return found;
    };
    expect([await kindAt(60_000, 'ann'), await kindAt(119_998, 'ann'), await kindAt(119_999, 'ann')]).toEqual([
      { kind: 'ended' },
      { kind: 'ended' },
      { kind: 'tooManyAttempts', endsInMs: 1 },
    ]);
    await kindAt(119_999, 'bob');
    expect(rows()).toEqual([
      { minute: 1, buyer: 'ann', attempts: 2 },
      { minute: 1, buyer: 'bob', attempts: 1 },
    ]);
    expect(await kindAt(120_000, 'ann')).toEqual({ kind: 'ended' });
    expect(rows()).toEqual([{ minute: 2, buyer: 'ann', attempts: 1 }]);
  });

  it('counts attempts across all writers of the file, and across a restart', async () => {
    const open = async () => {
      const other = await openEngine({ file: join(folder.path, 'test.db'), thread: false });
      return { other, at: createEmbeddedTicketQueue({ engine: other, clock: { now: () => now } }) };
    };
    const { other, at } = await open();
    expect([await attempt('ann'), await attempt('ann', at)]).toMatchObject([
      { kind: 'reserved' },
      { kind: 'limitReached' },
    ]);
    expect(await attempt('ann')).toMatchObject({ kind: 'tooManyAttempts' });
    await other.close();
    const again = await open();
    expect(await attempt('ann', again.at)).toMatchObject({ kind: 'tooManyAttempts' });
    await again.other.close();
  });

  it('counts attempts in a file of an earlier release', async () => {
    await engine.close();
    const earlier = connect(join(folder.path, 'test.db'));
    earlier.run('DROP TABLE queue_attempt');
    earlier.run('DROP TABLE live_rebuilt');
    earlier.run('DROP TABLE queue_holding');
    withoutChanges(earlier);
    withoutMore(earlier);
    earlier.run('PRAGMA user_version = 2');
    earlier.close();
    engine = await openEngine({ file: join(folder.path, 'test.db'), thread: false });
    queue = createEmbeddedTicketQueue({ engine, clock: { now: () => now } });

    expect([await attempt('ann'), await attempt('ann'), await attempt('ann')]).toMatchObject([
      { kind: 'reserved' },
      { kind: 'limitReached' },
      { kind: 'tooManyAttempts' },
    ]);
  });

  it('counts what the buyers of an earlier release hold, in sales with a high limit', async () => {
    await queue.load({ ...SALE, id: 'high', total: 100, perBuyerLimit: 30 });
    const items = (from: number, count: number) =>
      Array.from({ length: count }, (_, n) => {
        const orderId = `h${from + n}`;
        return { orderId, userId: 'ann', key: `o:${orderId}`, fingerprint: 'f', quantity: 1 };
      });
    await queue.reserve('high', 1, items(0, 25));
    await engine.close();
    const earlier = connect(join(folder.path, 'test.db'));
    earlier.run('DROP TABLE live_rebuilt');
    earlier.run('DROP TABLE queue_holding');
    withoutChanges(earlier);
    withoutMore(earlier);
    earlier.run('PRAGMA user_version = 4');
    earlier.close();
    engine = await openEngine({ file: join(folder.path, 'test.db'), thread: false });
    queue = createEmbeddedTicketQueue({ engine, clock: { now: () => now } });
    const reply = await queue.reserve('high', 1, items(25, 6));
    const kinds = reply.kind === 'answered' ? reply.answers.map(({ kind }) => kind) : [];
    expect(kinds).toEqual([...Array.from({ length: 5 }, () => 'reserved'), 'limitReached']);
  });

  it('keeps the reservations of an earlier release, and their keys', async () => {
    await engine.close();
    const earlier = connect(join(folder.path, 'test.db'));
    earlier.run('DROP TABLE queue_reservation');
    earlier.run('DROP TABLE live_rebuilt');
    earlier.run(`CREATE TABLE queue_reservation (sale INTEGER NOT NULL, order_id TEXT NOT NULL, ticket INTEGER NOT NULL,
      buyer TEXT NOT NULL, key TEXT NOT NULL, fingerprint TEXT NOT NULL, reserved_at INTEGER NOT NULL, epoch INTEGER NOT NULL,
      held INTEGER NOT NULL DEFAULT 1, batch INTEGER NOT NULL, PRIMARY KEY (sale, order_id)) STRICT, WITHOUT ROWID`);
    earlier.run('CREATE UNIQUE INDEX queue_buyer ON queue_reservation (sale, buyer, held, key)');
    earlier.run('CREATE UNIQUE INDEX queue_ticket ON queue_reservation (sale, ticket) WHERE held = 1');
    const keys = ['o:a1', 'k:mine', 'o:a3'];
    for (const [n, key] of keys.entries()) {
      earlier.run(
        "INSERT INTO queue_reservation VALUES (1, ?, ?, 'ann', ?, 'f', 1200, 1, ?, 0)",
        `a${n + 1}`,
        n + 1,
        key,
        n === 2 ? 0 : 1,
      );
    }
    earlier.run('UPDATE queue_sale SET fresh = 4');
    earlier.run('DROP TABLE queue_holding');
    withoutChanges(earlier);
    earlier.run('PRAGMA user_version = 3');
    earlier.close();
    engine = await openEngine({ file: join(folder.path, 'test.db'), thread: false });
    queue = createEmbeddedTicketQueue({ engine, clock: { now: () => now } });

    const again = keys.map((key, n) => ({ orderId: `a${n + 1}`, userId: 'ann', key, fingerprint: 'f', quantity: 1 }));
    expect(await queue.reserve('s', 1, [...again, { ...again[1], orderId: 'a9' } as ReserveItem])).toMatchObject({
      answers: [
        { kind: 'reserved', tickets: [1] },
        { kind: 'reserved', tickets: [2] },
        { kind: 'reserved', tickets: [3] },
        { kind: 'replayed', orderId: 'a2', tickets: [2] },
      ],
    });
  });

  it('shows in its audit source what does not add up', async () => {
    await buy();
    await buy();
    const damage = connect(join(folder.path, 'test.db'));
    damage.run('INSERT INTO queue_returned (sale, place, ticket) SELECT n, tail, 2 FROM queue_sale');
    damage.run('UPDATE queue_sale SET tail = tail + 1, fresh = 1');
    damage.close();

    expect(await auditQueue(createEmbeddedQueueAuditSource(engine), 's')).toMatchObject({
      held: 2,
      remaining: 6,
      doubled: [1, 2],
    });
  });
});
