import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newOrderId, purchase } from '../../../test/contract/fixtures.ts';
import { auditQueue } from '../../../test/support/queue-audit.ts';
import { type TempFolder, tempFolder } from '../../../test/support/temp-folder.ts';
import type { ReserveAnswer, ReserveItem, TicketQueue } from '../../ports/ticket-queue.ts';
import { createEmbeddedQueueAuditSource } from './audit-source.ts';
import { connect, type Db } from './database.ts';
import { type Engine, openEngine } from './engine.ts';
import { OPS } from './ops/table.ts';
import { createEmbeddedTicketQueue } from './ticket-queue.ts';

const SALE = { id: 's', epoch: 1, total: 6, perBuyerLimit: 4, opensAt: 1_000, closesAt: 2_000 };
const NOW = 1_500;

/** What needs the file; the contract suite covers the rest. */
describe('orders of several tickets in the embedded queue', () => {
  let folder: TempFolder;
  let file: string;
  let engine: Engine;
  let queue: TicketQueue;

  const open = async () => {
    engine = await openEngine({ file, thread: false });
    queue = createEmbeddedTicketQueue({ engine, clock: { now: () => NOW } });
  };
  beforeEach(async () => {
    folder = await tempFolder();
    file = join(folder.path, 'test.db');
    await open();
    await queue.load(SALE);
  });
  afterEach(async () => {
    await engine.close();
    await folder.remove();
  });

  const inFile = <T>(use: (db: Db) => T): T => {
    const db = connect(file);
    try {
      return use(db);
    } finally {
      db.close();
    }
  };
  const reserve = async (items: readonly ReserveItem[], saleId = 's'): Promise<readonly ReserveAnswer[]> => {
    const reply = await queue.reserve(saleId, 1, items);
    return reply.kind === 'answered' ? reply.answers : [];
  };
  const buy = (...quantities: readonly number[]) => reserve(quantities.map((quantity) => purchase({ quantity })));
  const audit = () => auditQueue(createEmbeddedQueueAuditSource(engine), 's');

  it.each([
    ['both orders have one', 1, 1, 1],
    ['the other has several', 2, 2, 1],
    ['it is the lowest of the several of the other', 2, 1, 1],
    ['the other has one', 1, 1, 2],
    ['both have several', 2, 2, 2],
  ])('refuses a ticket that another order holds: %s', async (_, before, fresh, quantity) => {
    await buy(before);
    inFile((db) => db.run('UPDATE queue_sale SET fresh = ?', fresh));
    const found = await audit();

    await expect(buy(quantity)).rejects.toMatchObject({ code: 'corrupt' });
    expect(await audit()).toEqual(found);
  });

  it('looks nothing up on their account in a sale that has none', async () => {
    const statements: string[] = [];
    const sell = () => inFile((db) => OPS['queue.reserve'].run(recording(db, statements), callOf(purchase())));
    sell();
    expect(statements.filter((sql) => sql.includes('queue_several'))).toEqual([]);
    await buy(2);
    sell();
    expect(statements.filter((sql) => sql.includes('queue_several'))).toHaveLength(1);
  });

  it.each([
    ['a low limit', 20],
    ['a high limit', 21],
  ])('answer for their keys in a sale with %s, held, released or forfeit', async (_, perBuyerLimit) => {
    await queue.load({ ...SALE, id: 'keys', total: 40, perBuyerLimit });
    const items = [1, 3, 4, 2, 1, 4].map((quantity, n) => purchase({ userId: 'ann', key: `k:${n}`, quantity }));
    const answers = await reserve(items, 'keys');
    const [, , released, forfeit] = items as [ReserveItem, ReserveItem, ReserveItem, ReserveItem];
    await queue.release('keys', [released.orderId]);
    await queue.forfeit('keys', [{ orderId: forfeit.orderId, tickets: [9] }]);
    await queue.published(
      'keys',
      1,
      items.map(({ orderId }) => orderId),
    );
    const again = items.map((item) => ({ ...item, orderId: newOrderId() }));

    expect(await reserve(again, 'keys')).toEqual(
      answers.map((answer, n) => ({ ...answer, kind: 'replayed', orderId: items[n]?.orderId, published: true })),
    );
    expect(await reserve(items, 'keys')).toEqual(answers);
  });

  it('are sold from a file of an earlier release, whose reservations have one ticket', async () => {
    const [first, second] = [purchase({ userId: 'ann' }), purchase({ userId: 'ann' })];
    await reserve([first, second]);
    await engine.close();
    inFile((earlier) => {
      earlier.run('DROP TABLE queue_several');
      earlier.run('ALTER TABLE queue_reservation DROP COLUMN more');
      for (const column of ['several', 'forfeits', 'removed'])
        earlier.run(`ALTER TABLE queue_sale DROP COLUMN ${column}`);
      earlier.run('PRAGMA user_version = 7');
    });
    await open();

    expect(await reserve([3, 2].map((quantity) => purchase({ userId: 'ann', quantity })))).toMatchObject([
      { kind: 'limitReached', orderIds: [first.orderId, second.orderId] },
      { kind: 'reserved', tickets: [3, 4] },
    ]);
    expect(await audit()).toMatchObject({ held: 4, heldByBuyers: 4, remaining: 2, doubled: [] });
  });
});

function callOf(item: ReserveItem) {
  return { saleId: SALE.id, epoch: SALE.epoch, now: NOW, items: [item], maxAttempts: 0 };
}

/** Adds each statement that is run to `statements`. */
function recording(db: Db, statements: string[]): Db {
  return {
    get: (sql, ...params) => {
      statements.push(sql);
      return db.get(sql, ...params);
    },
    all: (sql, ...params) => {
      statements.push(sql);
      return db.all(sql, ...params);
    },
    run: (sql, ...params) => {
      statements.push(sql);
      return db.run(sql, ...params);
    },
  };
}
