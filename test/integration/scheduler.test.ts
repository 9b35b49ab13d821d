import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { connectSql } from '../../src/adapters/sql/connect.ts';
import { createSqlLeases } from '../../src/adapters/sql/leases.ts';
import { systemClock } from '../../src/adapters/system/clock.ts';
import { poll } from '../../src/resilience/poll.ts';
import { SCHEDULER_LEASE } from '../../src/roles/scheduler-lease.ts';
import { ALL_SERVERS } from '../support/all-servers.ts';
import { type Cluster, createCluster } from '../support/cluster.ts';
import type { FloodgateProcess } from '../support/floodgate-process.ts';
import { createClient } from '../support/http-client.ts';

// dev/test.mjs starts the servers of the variables named here: TEST_REDIS_URL, TEST_KAFKA_BROKERS, TEST_MYSQL_URL and TEST_MONGODB_URL.

const GIVE_UP_MS = 30_000;
const TAKE_OVER_WITHIN_MS = 10_000;
const POLL_MS = 50;

const leads = ({ lines }: FloodgateProcess) => lines.some((line) => line.includes('"leading:'));

async function until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  const isMet = await poll(async () => condition(), {
    until: (met) => met,
    everyMs: POLL_MS,
    forMs: GIVE_UP_MS,
    clock: systemClock,
  });
  if (!isMet) throw new Error(`did not happen within ${GIVE_UP_MS} ms: ${what}`);
}

describe.skipIf(ALL_SERVERS === undefined)('two schedulers on real servers', () => {
  let cluster: Cluster;

  beforeEach(async () => {
    cluster = await createCluster(ALL_SERVERS as NonNullable<typeof ALL_SERVERS>);
  });

  afterEach(() => cluster.stop());

  async function start() {
    const first = await cluster.scheduler();
    await until('the first one leads', () => leads(first));
    const second = await cluster.scheduler();
    return { first, second };
  }

  test('one works; when it is killed the other takes over within 10 s and expires what is overdue by then', async () => {
    await cluster.workspace.publish({ id: 'lapsing', total: 3, payWithinSeconds: 1 });
    const { first, second } = await start();
    await Promise.all([cluster.front(), cluster.worker()]);
    expect(leads(second)).toBe(false);

    await first.kill('SIGKILL');
    const killedAt = performance.now();
    const client = createClient(cluster.port, 1);
    const token = cluster.workspace.tokenOf('ann');
    const { status } = await client.purchase({ saleId: 'lapsing', token });
    expect(status).toBe(201);
    await until('the other leads', () => leads(second));
    expect(performance.now() - killedAt).toBeLessThan(TAKE_OVER_WITHIN_MS);

    await until('the order expired', async () => {
      const { orders, remaining } = await cluster.workspace.inspect('lapsing');
      return orders[0]?.state === 'expired' && remaining === 3;
    });
    // The limit is one ticket a buyer, so the expiry has freed it.
    expect(await client.purchase({ saleId: 'lapsing', token })).toMatchObject({ status: 201 });
    client.close();
  });

  test('one that stops releases its lease', async () => {
    const only = await cluster.scheduler();
    await until('it leads', () => leads(only));
    const database = await connectSql({ dialect: 'mysql', url: cluster.workspace.env.MYSQL_URL ?? '', poolSize: 1 });
    try {
      const leases = createSqlLeases(database);
      expect(await leases.held('scheduler', SCHEDULER_LEASE.ttlMs)).toEqual(['scheduler']);
      expect(await only.kill('SIGTERM')).toBe(0);
      expect(await leases.held('scheduler', SCHEDULER_LEASE.ttlMs)).toEqual([]);
    } finally {
      await database.close();
    }
  });

  test('one that was suspended notices afterwards that it no longer leads', async () => {
    const { first, second } = await start();
    process.kill(first.pid, 'SIGSTOP');
    try {
      await until('the other leads', () => leads(second));
    } finally {
      process.kill(first.pid, 'SIGCONT');
    }
    await until('the first one notices', () => first.lines.some((line) => line.includes('no longer leading')));
  });
});
