import { describe, expect, onTestFinished, test } from 'vitest';
import { createMysqlOrderStore } from '../../../src/adapters/mysql/order-store.ts';
import { inTransaction } from '../../../src/adapters/mysql/session.ts';
import { insertAccepted } from '../../../src/adapters/mysql/store-conflicting.ts';
import { mysqlPair, TEST_MYSQL_URL } from '../../support/mysql-database.ts';
import { newOrder, nextSaleId } from '../../support/orders.ts';
import { put } from './harness.ts';
import { orderStoreContract } from './suite.ts';
import { ticketKeyContract } from './ticket-key.ts';

describe.skipIf(TEST_MYSQL_URL === undefined)('with TEST_MYSQL_URL', () => {
  orderStoreContract('mysql', async () => {
    const { database, second, close } = await mysqlPair();
    return { store: createMysqlOrderStore(database), other: createMysqlOrderStore(second), close };
  });

  test('an order whose key another worker commits after a batch was decided on is rejected', async () => {
    const { database, second, close } = await mysqlPair();
    onTestFinished(close);
    const saleId = nextSaleId();
    const store = createMysqlOrderStore(database);
    const mine = { saleId, userId: 'ann', key: 'k:1' };
    const [known, fresh] = [newOrder({ saleId, tickets: [1] }), newOrder({ saleId, tickets: [2, 3] })];
    const [winner, loser] = [newOrder({ ...mine, tickets: [4] }), newOrder({ ...mine, tickets: [5, 6] })];
    await put(store, known);
    const inserting = 'SELECT 1 FROM information_schema.processlist WHERE info LIKE ? AND info NOT LIKE ?';
    const result = await inTransaction(second, async (session) => {
      await insertAccepted(session, [winner]);
      // The known order makes it decide on each of them, without our row; its insert of those that are left waits for us.
      const storing = put(store, known, fresh, loser);
      const [left, gone] = [`INSERT%${fresh.order.id}%`, `%${known.order.id}%`];
      while ((await database.rows(inserting, left, gone)).length === 0);
      return { storing };
    });
    expect(await result.storing).toMatchObject({ stored: 1, repeated: 1, rejected: [{ reason: 'key' }] });
    expect((await store.counts(saleId)).tickets).toBe(4);
  });

  ticketKeyContract('mysql', async () => {
    const { database, close } = await mysqlPair();
    return { store: createMysqlOrderStore(database), database, close };
  });
});
