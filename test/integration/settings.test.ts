import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { connectSql } from '../../src/adapters/sql/connect.ts';
import { createSqlSettingsStore } from '../../src/adapters/sql/settings-store.ts';
import { ALL_SERVERS } from '../support/all-servers.ts';
import { createCluster } from '../support/cluster.ts';
import { type FloodgateProcess, startFloodgate } from '../support/floodgate-process.ts';
import { createClient } from '../support/http-client.ts';
import { tcpProxy } from '../support/tcp-proxy.ts';
import { createWorkspace } from '../support/workspace.ts';

const SETTINGS = '/v1/admin/settings';
/** A change takes milliseconds, a second where its event is lost; the limit is against hanging, on a machine that is busy. */
const IN_FORCE_WITHIN_MS = 10_000;
/** An event may be lost; then the next poll of the store, at most 5 s later, finds the change. */
const FOUND_WITHIN_MS = 10_000;

const ends: (() => unknown)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** An admin's client of a front, and its metrics. */
function adminOf({ port }: Pick<FloodgateProcess, 'port'>, token: string) {
  const client = createClient(port, 1);
  ends.push(client.close);
  return {
    change: async (body: object) => {
      const { status, body: text } = await client.call('PATCH', SETTINGS, token, body);
      expect(status, text).toBe(200);
      return JSON.parse(text) as { version: number };
    },
    history: async () => JSON.parse((await client.get(`${SETTINGS}/history`, token)).body).items,
    metric: async (name: string) => {
      const { body } = await client.get('/metrics');
      const line = body.split('\n').find((one) => one.startsWith(`${name} `));
      return line === undefined ? undefined : Number(line.slice(name.length + 1));
    },
  };
}

const until = (assertion: () => unknown, timeout = IN_FORCE_WITHIN_MS) =>
  vi.waitFor(assertion, { timeout, interval: 10 });

const CAPACITY = 'floodgate_setting{name="purchase.capacity"}';
const levelIs = (level: string) => `floodgate_setting_choice{name="logLevel",value="${level}"}`;

describe('settings of the embedded default', () => {
  async function embedded(env: Record<string, string> = {}) {
    const workspace = await createWorkspace();
    ends.push(workspace.remove);
    const token = workspace.tokenOf('boss', 'admin');
    const start = async () => {
      const server = await startFloodgate({ ...workspace.env, ...env });
      ends.push(() => server.kill('SIGTERM'));
      return { server, ...adminOf(server, token) };
    };
    return { workspace, start };
  }

  test('are in force at once, survive a restart, and can be reset to the environment', async () => {
    const { start } = await embedded({ ADMISSION_CAPACITY: '5000' });
    const first = await start();
    await first.change({ logLevel: 'debug', purchase: { capacity: 77 } });
    await until(async () => expect(await first.metric(CAPACITY)).toBe(77));
    expect(first.server.lines.some((line) => line.includes('settings in force'))).toBe(true);
    await first.server.kill('SIGKILL');

    const second = await start();
    expect(await second.metric('floodgate_settings_version')).toBe(1);
    expect([await second.metric(CAPACITY), await second.metric(levelIs('debug'))]).toEqual([77, 1]);
    await second.change({ purchase: { capacity: null }, logLevel: null });
    await until(async () => expect(await second.metric(CAPACITY)).toBe(5000));
    expect([await second.metric(levelIs('info')), await second.metric(levelIs('debug'))]).toEqual([1, undefined]);
    expect(await second.history()).toMatchObject([
      { version: 2, by: 'boss', changes: [{ name: 'purchase.capacity', from: 77, to: null }, { name: 'logLevel' }] },
      { version: 1, by: 'boss' },
    ]);
  });

  test('limit the front: one with a capacity of one purchase refuses the others', async () => {
    const { workspace, start } = await embedded();
    await workspace.publish({ id: 'crowded', total: 1000, perBuyerLimit: 1000 });
    const { server, change, metric } = await start();
    const client = createClient(server.port, 100);
    ends.push(client.close);
    const token = workspace.tokenOf('crowd');
    const codes = async () => {
      const answers = await Promise.all(
        Array.from({ length: 100 }, () => client.purchase({ saleId: 'crowded', token })),
      );
      return new Set(answers.map(({ status }) => status));
    };
    expect(await codes()).toEqual(new Set([201]));
    await change({ purchase: { capacity: 1, batchSize: 1, concurrency: 1 } });
    await until(async () => expect(await metric(CAPACITY)).toBe(1));
    expect(await codes()).toEqual(new Set([201, 503]));
    await change({ purchase: { capacity: null, batchSize: null, concurrency: null } });
    await until(async () => expect(await metric(CAPACITY)).toBe(8192));
    expect(await codes()).toEqual(new Set([201]));
  });

  test('are found without an event, too', async () => {
    const { workspace, start } = await embedded();
    const { metric } = await start();
    const database = await connectSql({ dialect: 'sqlite', file: join(workspace.dataDir, 'floodgate.db') });
    ends.push(() => database.close());
    const silent = createSqlSettingsStore(database);
    await silent.add({ version: 1, at: 1, by: 'no event', changes: [] }, { 'purchase.capacity': 3, future: 1 });
    await until(async () => expect(await metric(CAPACITY)).toBe(3), FOUND_WITHIN_MS);
  });
});

// dev/test.mjs starts the servers of the variables named here: TEST_REDIS_URL, TEST_KAFKA_BROKERS, TEST_MYSQL_URL and TEST_MONGODB_URL.

describe.skipIf(ALL_SERVERS === undefined)('settings of a cluster', () => {
  const CHANGES = 5;

  async function cluster() {
    const made = await createCluster(ALL_SERVERS as NonNullable<typeof ALL_SERVERS>);
    ends.push(() => made.stop());
    const { workspace } = made;
    const token = workspace.tokenOf('boss', 'admin');
    /** On a port of its own, so that its own metrics can be read. */
    const front = async (env: Record<string, string> = {}) => {
      const server = await startFloodgate({ ...workspace.env, ROLES: 'front', ...env });
      ends.push(() => server.kill('SIGTERM'));
      return { server, ...adminOf(server, token) };
    };
    return { ...made, front };
  }

  test('are in force on every process soon, whatever its role', async () => {
    const { front, worker, scheduler } = await cluster();
    const [one, two, ...others] = await Promise.all([front(), front(), worker(), worker(), scheduler()]);
    for (let n = 1; n <= CHANGES; n += 1) {
      const changed = n % 2 === 0 ? one : two;
      const { version } = await changed.change({ purchase: { capacity: n }, settlement: { batchMs: n } });
      expect(version).toBe(n);
      await until(async () => {
        for (const { metric } of [one, two]) {
          expect([await metric('floodgate_settings_version'), await metric(CAPACITY)]).toEqual([n, n]);
        }
        for (const { lines } of others) {
          const logged = lines.filter((line) => line.includes('settings in force')).map((line) => JSON.parse(line));
          expect(logged.at(-1)).toMatchObject({ version: n, settings: { settlement: { batchMs: n } } });
        }
      });
    }
    expect(await one.history()).toHaveLength(CHANGES);
  });

  test('are those of the environment while the database is unavailable at the start, and the stored ones later', async () => {
    const { workspace, front } = await cluster();
    const first = await front();
    await first.change({ purchase: { capacity: 12 } });
    const url = new URL(String(workspace.env.MYSQL_URL));
    const proxy = await tcpProxy(Number(url.port || 3306));
    ends.push(() => proxy.close());
    proxy.freeze();
    url.hostname = '127.0.0.1';
    url.port = String(proxy.port);
    const late = await front({ MYSQL_URL: url.href, ADMISSION_CAPACITY: '999' });
    expect([await late.metric('floodgate_settings_version'), await late.metric(CAPACITY)]).toEqual([0, 999]);
    proxy.thaw();
    await until(async () => expect(await late.metric(CAPACITY)).toBe(12), FOUND_WITHIN_MS);
  });
});
