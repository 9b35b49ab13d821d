import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Cluster, createCluster } from '../support/cluster.ts';
import { type Answer, type Client, createClient, inParallel } from '../support/http-client.ts';
import { type LossyRedis, lossyRedis } from '../support/lossy-redis.ts';
import { HAS_OWN_REDIS } from '../support/servers.ts';

const { TEST_KAFKA_BROKERS: kafka, TEST_MYSQL_URL: mysql, TEST_MONGODB_URL: mongo } = process.env;
const servers = kafka && mysql && mongo && HAS_OWN_REDIS ? { kafka, mysql, mongo } : undefined;

if (servers === undefined) console.warn('SKIPPED: the tests of recovery need Kafka, MySQL, MongoDB and redis-server');

const TOTAL = 3000;
const LIMIT = 200;
const BUYERS = 32;
/** Sold before the queue is lost. */
const BEFORE = 1000;
const PATIENCE = { timeout: 60_000, interval: 200 };
/** Between two attempts of a buyer who was answered 503. */
const RETRY_MS = 50;

describe.skipIf(servers === undefined)('a sale whose Redis', () => {
  let redis: LossyRedis;
  let cluster: Cluster;

  beforeEach(async () => {
    redis = await lossyRedis();
    // The default, which is also how long a recovery waits for purchases in flight.
    const settings = { REQUEST_DEADLINE_MS: '2000' };
    cluster = await createCluster({ ...(servers as NonNullable<typeof servers>), redis: redis.url }, settings);
    await cluster.workspace.publish({ id: 'lost', total: TOTAL, perBuyerLimit: LIMIT });
    await cluster.workspace.publish({
      id: 'upcoming',
      opensAt: Date.now() + 3_600_000,
      closesAt: Date.now() + 7_200_000,
    });
    await Promise.all([cluster.front(), cluster.front(), cluster.worker(), cluster.worker(), cluster.scheduler()]);
  });
  afterEach(async () => {
    await cluster.stop();
    await redis.stop();
  });

  test.each<readonly [string, (redis: LossyRedis) => Promise<() => Promise<void>>]>([
    ['was killed, and restarted without its last 30,000 bytes', async (redis) => () => redis.loseTail(30_000)],
    ['was killed, and restarted without half of its data', async (redis) => () => redis.loseTail(300_000)],
    ['was emptied', async (redis) => () => redis.flush()],
    ['failed over to a replica that lacks its last moments', (redis) => redis.replicate()],
    [
      'was lost again during its recovery',
      async (redis) => async () => {
        await redis.loseTail(30_000);
        await delay(1500);
        await redis.flush();
        await delay(1500);
        await redis.loseTail(10);
      },
    ],
  ])('%s: recovers by itself, and no confirmed order is lost, or sold twice', async (_, prepare) => {
    const lose = await prepare(redis);
    const client = createClient(cluster.port, BUYERS);
    const confirmed = new Map<string, string>();
    let unknown = 0;
    let losing: Promise<void> | undefined;
    const buy = async (buyer: number, n: number): Promise<Answer> => {
      for (;;) {
        const answer = await purchase(client, buyer, `${n}`).catch(() => undefined);
        if (answer !== undefined && answer.status !== 503) return answer;
        unknown += 1;
        await delay(RETRY_MS);
      }
    };
    const shop = async (buyer: number): Promise<string> => {
      for (let n = 0; ; n += 1) {
        const answer = await buy(buyer, n);
        if (answer.status !== 201) return JSON.parse(answer.body).code;
        confirmed.set(`${buyer} ${n}`, answer.body);
        if (confirmed.size === BEFORE) losing = lose();
      }
    };
    const ends = await inParallel(BUYERS, BUYERS, shop);
    await losing;

    expect(new Set(ends)).toEqual(new Set(['sold_out']));
    expect(unknown).toBeGreaterThan(0);
    const orders = [...confirmed.values()].map(
      (body) => JSON.parse(body) as { id: string; tickets: readonly number[] },
    );
    const live = await vi.waitFor(async () => {
      const inspection = await cluster.workspace.inspect('lost');
      const alive = inspection.orders.filter(({ state }) => state === 'reserved');
      expect(alive).toHaveLength(TOTAL);
      expect(inspection).toMatchObject({ remaining: 0, held: TOTAL, pending: 0 });
      return new Map(alive.map(({ id, tickets }) => [id, tickets]));
    }, PATIENCE);
    expect(new Set([...live.values()].flat()).size).toBe(TOTAL);
    for (const { id, tickets } of orders) expect(live.get(id)).toEqual(tickets);
    for (const [click, body] of confirmed) {
      const [buyer, key] = click.split(' ') as [string, string];
      expect(await purchase(client, Number(buyer), key)).toMatchObject({ status: 201, body });
    }
    expect(await cluster.workspace.inspect('upcoming')).toMatchObject({ remaining: 1000, held: 0 });
    client.close();
  });

  const purchase = (client: Client, buyer: number, key: string) =>
    client.purchase({ saleId: 'lost', token: cluster.workspace.tokenOf(`buyer-${buyer}`), key });
});
