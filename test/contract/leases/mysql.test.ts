import { describe } from 'vitest';
import { createSqlLeases } from '../../../src/adapters/sql/leases.ts';
import { mysqlPair, TEST_MYSQL_URL } from '../../support/mysql-database.ts';
import { leasesContract } from './suite.ts';

const HOUR_MS = 3_600_000;

describe.skipIf(TEST_MYSQL_URL === undefined)('with TEST_MYSQL_URL', () => {
  leasesContract('mysql', async () => {
    const { database, second, close } = await mysqlPair();
    return {
      // Two machines whose clocks differ: the server's clock counts.
      leases: createSqlLeases(database, { now: () => Date.now() + HOUR_MS }),
      other: createSqlLeases(second, { now: () => Date.now() - HOUR_MS }),
      // The server's clock cannot be set, so the ends of the leases are moved.
      pass: async (ms) => {
        const connection = database.em().getConnection();
        await connection.execute('UPDATE leases SET held_until = held_until - ?', [ms], 'run');
      },
      close,
    };
  });
});
