import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type KafkaOrderLog, openKafkaOrderLog } from '../../src/adapters/kafka/order-log.ts';
import { connectSql } from '../../src/adapters/sql/connect.ts';
import { withSqlFaults } from '../../src/adapters/sql/faults.ts';
import { deferred } from '../support/deferred.ts';
import { TEST_KAFKA_BROKERS } from '../support/kafka-topics.ts';
import { TEST_MYSQL_URL } from '../support/mysql-database.ts';

const PATIENCE = { timeout: 20_000 };

const ends: (() => unknown)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** The port of a server that does not speak the client's protocol. */
async function serve(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ends.push(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  });
  return (server.address() as { readonly port: number }).port;
}

/** Servers without TLS, as a client's hello finds them, and one with it, as a plain request finds it. */
const SERVERS = {
  'closes the connection': () => createServer((socket) => socket.once('data', () => socket.destroy())),
  'answers in plain text': () => createServer((socket) => socket.once('data', () => socket.end('-ERR unknown\r\n'))),
  'never answers': () => createServer(() => {}),
} as const;

describe.skipIf(TEST_KAFKA_BROKERS === undefined)(
  'TLS to Kafka that only one end speaks, with TEST_KAFKA_BROKERS',
  () => {
    /** The first line that names the setting. */
    const lineOf = async (brokers: readonly string[], tls: boolean, setting: string) => {
      const line = deferred<string>();
      const opened: KafkaOrderLog = await openKafkaOrderLog({
        brokers,
        tls,
        onWarning: (reported) => reported.includes(setting) && line.resolve(reported),
      });
      ends.push(() => opened.close(0));
      return { line: await line.promise, ping: opened.log.ping };
    };

    it.each(Object.keys(SERVERS))('is named when the server %s', PATIENCE, async (does) => {
      const port = await serve(SERVERS[does as keyof typeof SERVERS]());
      const { line, ping } = await lineOf([`127.0.0.1:${port}`], true, 'KAFKA_TLS=on');
      expect(line).toMatch(/^Kafka: the TLS handshake failed: .*; KAFKA_TLS=on asks for TLS/);
      await expect(ping()).rejects.toMatchObject({ message: expect.stringContaining('the TLS handshake failed') });
    });

    it('is named when a plain broker was given', PATIENCE, async () => {
      const { line } = await lineOf((TEST_KAFKA_BROKERS ?? '').split(','), true, 'KAFKA_TLS=on');
      expect(line).toContain('the TLS handshake failed');
    });

    it('is named when the broker ends a plain connection, as one that expects TLS does', PATIENCE, async () => {
      const port = await serve(SERVERS['closes the connection']());
      const { line } = await lineOf([`127.0.0.1:${port}`], false, 'KAFKA_TLS=on');
      expect(line).toContain('if it expects TLS, set KAFKA_TLS=on');
    });
  },
);

describe.skipIf(TEST_MYSQL_URL === undefined)('TLS to MySQL that only one end speaks, with TEST_MYSQL_URL', () => {
  const messageOf = async (url: string) => {
    const database = await connectSql({ dialect: 'mysql', url, poolSize: 2 });
    ends.push(() => database.close());
    const fault = await withSqlFaults('reading', () => database.rows('SELECT 1')).catch((error: Error) => error);
    return (fault as Error).message;
  };

  it('is named when the server does not offer it', async () => {
    expect(await messageOf(`${TEST_MYSQL_URL}?ssl-mode=REQUIRED`)).toContain('MYSQL_URL asks for TLS');
  });

  it('is named when the server does not greet, as one that expects TLS at once', PATIENCE, async () => {
    const port = await serve(SERVERS['never answers']());
    expect(await messageOf(`mysql://u:p@127.0.0.1:${port}/d`)).toContain("is this MySQL's own port?");
  });

  it('is named as a possible reason when the login is refused', async () => {
    // The server's answer is the same as to a wrong password.
    const wrong = new URL(TEST_MYSQL_URL as string);
    wrong.password = 'wrong';
    expect(await messageOf(wrong.href)).toContain('if the server or this account expects TLS');
  });
});
