import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { connectSql, type SqlDatabase } from '../../src/adapters/sql/connect.ts';
import { type MysqlDatabase, mysqlDatabase, TEST_MYSQL_URL } from '../support/mysql-database.ts';

/** A connection that the server has greeted is given up by a limit of seconds; the rest is for a loaded machine. */
const PATIENCE = { timeout: 60_000, interval: 100 };

/** The server's greeting, and its answer to the login. */
const LOGIN_MESSAGES = 2;

/** A way to the server on which the first connection falls silent, without being closed, once the client has logged in. */
async function falteringProxy(target: { readonly host: string; readonly port: number }) {
  const sockets = new Set<Socket>();
  const proxy = createServer((client) => {
    const server = connect(target);
    const isFirst = sockets.size === 0;
    let messages = 0;
    for (const socket of [client, server]) sockets.add(socket.on('error', () => undefined));
    client.on('data', (bytes) => server.write(bytes)).on('close', () => server.destroy());
    // Each message answers one of the client, so they never arrive together.
    server.on('data', (bytes) => {
      messages += 1;
      if (!isFirst || messages <= LOGIN_MESSAGES) client.write(bytes);
    });
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  return {
    port: (proxy.address() as AddressInfo).port,
    close: () => {
      proxy.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

describe.skipIf(TEST_MYSQL_URL === undefined)('connections to MySQL, with TEST_MYSQL_URL', () => {
  let made: MysqlDatabase;
  beforeAll(async () => {
    made = await mysqlDatabase();
  });
  afterAll(() => made.drop());

  it('are opened again after the first one of the process has fallen silent at its start', async () => {
    const url = new URL(made.url);
    const proxy = await falteringProxy({ host: url.hostname, port: Number(url.port) });
    url.host = `127.0.0.1:${proxy.port}`;
    let database: SqlDatabase | undefined;
    try {
      database = await connectSql({ dialect: 'mysql', url: url.href, poolSize: 4 });
      const { rows } = database;
      await expect(rows('SELECT 1 AS one')).rejects.toThrow();
      await vi.waitFor(async () => expect(await rows('SELECT 1 AS one')).toEqual([{ one: 1 }]), PATIENCE);
    } finally {
      proxy.close();
      await database?.close();
    }
  });
});
