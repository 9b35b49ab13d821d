import { getPriority } from 'node:os';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { topicNames } from '../../src/adapters/kafka/order-log.ts';
import { systemClock } from '../../src/adapters/system/clock.ts';
import type { Order } from '../../src/domain/order.ts';
import { poll } from '../../src/resilience/poll.ts';
import { ALL_SERVERS } from '../support/all-servers.ts';
import { type Cluster, createCluster } from '../support/cluster.ts';
import { type Answer, createClient, inParallel } from '../support/http-client.ts';
import { stampedeOfQuantities } from '../support/stampede-of-quantities.ts';

// dev/test.mjs starts the servers of the variables named here: TEST_REDIS_URL, TEST_KAFKA_BROKERS, TEST_MYSQL_URL and TEST_MONGODB_URL.

/** A killed worker's partitions are read on after 7 s, and a killed front's reservations relayed after 15 s; the rest is load. */
const STORED_WITHIN_MS = 60_000;
/** A sale of thousands on a busy machine, and the time above. */
const CRASH_TIMEOUT_MS = 240_000;
const POLL_MS = 100;

describe.skipIf(ALL_SERVERS === undefined)('a cluster on real servers', () => {
  let cluster: Cluster;

  beforeEach(async () => {
    cluster = await createCluster(ALL_SERVERS as NonNullable<typeof ALL_SERVERS>);
  });

  afterEach(() => cluster.stop());

  /** Resolves with the stored orders of the sale: when there are so many, or when the time is over. */
  async function untilStored(saleId: string, count: number): Promise<readonly Order[]> {
    return poll(async () => (await cluster.workspace.inspect(saleId)).orders, {
      until: (orders) => orders.length >= count,
      everyMs: POLL_MS,
      forMs: STORED_WITHIN_MS,
      clock: systemClock,
    });
  }

  /** The orders in the log, each once, however often they were appended. */
  async function logged(): Promise<Map<string, string>> {
    const messages = await cluster.topics.read(topicNames(cluster.topics.topicPrefix).orders);
    const records = messages.map(({ value }) => JSON.parse(String(value)) as LoggedItems);
    return new Map(
      records.flatMap(({ items }) => items.map(({ orderId, ticket, tickets }) => [orderId, String(tickets ?? ticket)])),
    );
  }

  /** What became of acknowledged orders that are not stored: slow ones are in the log, lost ones are not. */
  async function fateOf(orderIds: readonly string[]): Promise<{ readonly slow: string[]; readonly lost: string[] }> {
    const inLog = await logged();
    return {
      slow: orderIds.filter((id) => inLog.has(id)),
      lost: orderIds.filter((id) => !inLog.has(id)),
    };
  }

  test('two fronts sell each of 1,000 tickets once to 20,000 buyers, and MySQL, Redis and Kafka agree', async () => {
    await cluster.workspace.publish({ id: 'stampede', total: 1000 });
    await Promise.all([cluster.front(), cluster.front(), cluster.worker(), cluster.worker(), cluster.scheduler()]);
    const client = createClient(cluster.port, 200);

    const answers = await inParallel(20_000, 200, (n) =>
      client.purchase({ saleId: 'stampede', token: cluster.workspace.tokenOf(`buyer-${n}`), key: `click-${n}` }),
    );
    client.close();

    const bodiesOf = (wanted: number) =>
      answers.filter(({ status }) => status === wanted).map(({ body }) => JSON.parse(body));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201, 409]));
    const bought: { id: string; tickets: number[] }[] = bodiesOf(201);
    expect(bought).toHaveLength(1000);
    expect(new Set(bodiesOf(409).map(({ code }) => code))).toEqual(new Set(['sold_out']));

    const expected = new Map(bought.map(({ id, tickets }) => [id, String(tickets)]));
    expect(new Set(expected.values()).size).toBe(1000);
    const orders = await untilStored('stampede', 1000);
    expect(new Map(orders.map(({ id, tickets }) => [id, String(tickets)]))).toEqual(expected);
    expect(await logged()).toEqual(expected);
    expect(await cluster.workspace.inspect('stampede')).toMatchObject({ remaining: 0, held: 1000 });
  });

  test('two fronts sell 1,000 tickets to 20,000 buyers who ask for 1 to 4 of them, in whole orders', async () => {
    await Promise.all([cluster.front(), cluster.front(), cluster.worker(), cluster.worker(), cluster.scheduler()]);
    const sale = { saleId: 'groups', total: 1000 };
    const bought = await stampedeOfQuantities(cluster.port, cluster.workspace, sale);
    const expected = new Map(bought.map(({ id, tickets }) => [id, String(tickets)]));
    const orders = await untilStored('groups', bought.length);
    expect(new Map(orders.map(({ id, tickets }) => [id, String(tickets)]))).toEqual(expected);
    expect(await logged()).toEqual(expected);
    expect(await cluster.workspace.inspect('groups')).toMatchObject({ remaining: 0, held: 1000 });
  });

  test('one key sent 500 times at once over two fronts makes one order and 500 identical answers', async () => {
    await cluster.workspace.publish({ id: 'retries' });
    await Promise.all([cluster.front(), cluster.front(), cluster.worker()]);
    const client = createClient(cluster.port, 500);
    const token = cluster.workspace.tokenOf('impatient');

    const answers = await inParallel(500, 500, () => client.purchase({ saleId: 'retries', token, key: 'the-one' }));
    client.close();

    expect(answers.map(({ status }) => status)).toEqual(new Array(500).fill(201));
    expect(new Set(answers.map(({ body }) => body)).size).toBe(1);
    const orders = await untilStored('retries', 1);
    expect(orders).toHaveLength(1);
    expect([...(await logged()).keys()]).toEqual([orders[0]?.id]);
    expect(await cluster.workspace.inspect('retries')).toMatchObject({ remaining: 999, held: 1 });
  });

  test('500 purchases of one buyer with limit 1 over two fronts make one order, and 499 refusals that name it', async () => {
    await cluster.workspace.publish({ id: 'greedy' });
    await Promise.all([cluster.front(), cluster.front()]);
    const client = createClient(cluster.port, 500);
    const token = cluster.workspace.tokenOf('greedy');

    const answers = await inParallel(500, 500, (n) => client.purchase({ saleId: 'greedy', token, key: `click-${n}` }));
    client.close();

    const [bought, ...more] = answers.filter(({ status }) => status === 201);
    expect(more).toHaveLength(0);
    const { id } = JSON.parse(bought?.body ?? '{}') as { id: string };
    const refusals = answers.filter(({ status }) => status === 409).map(({ body }) => JSON.parse(body));
    expect(refusals).toHaveLength(499);
    for (const refusal of refusals) expect(refusal).toMatchObject({ code: 'limit_reached', orderIds: [id] });
  });

  test('a worker runs at a lower priority than fronts and the scheduler', async () => {
    const [front, worker, scheduler] = await Promise.all([cluster.front(), cluster.worker(), cluster.scheduler()]);

    // A higher number is a lower priority.
    expect(getPriority(worker.pid)).toBeGreaterThan(getPriority(front.pid));
    expect(getPriority(scheduler.pid)).toBe(getPriority(front.pid));
  });

  test('an order can be read from any front before a worker has stored it', async () => {
    await cluster.workspace.publish({ id: 'readable', total: 50, perBuyerLimit: 50 });
    await Promise.all([cluster.front(), cluster.front()]);
    const token = cluster.workspace.tokenOf('reader');

    for (let n = 0; n < 50; n += 1) {
      // A new connection for each request, so that both fronts get some.
      const buyer = createClient(cluster.port, 1);
      const reader = createClient(cluster.port, 1);
      const bought = await buyer.purchase({ saleId: 'readable', token });
      expect(bought.status).toBe(201);
      expect(await reader.get(String(bought.headers.location), token)).toMatchObject({
        status: 200,
        body: bought.body,
      });
      buyer.close();
      reader.close();
    }
    expect((await cluster.workspace.inspect('readable')).orders).toEqual([]);
  });

  test(
    'when a worker and a front are killed with -9 during a sale, the others go on and nothing is lost',
    async () => {
      const total = 6000;
      await cluster.workspace.publish({ id: 'crash', total, perBuyerLimit: total });
      const [front, , worker] = await Promise.all([
        cluster.front(),
        cluster.front(),
        cluster.worker(),
        cluster.worker(),
        cluster.scheduler(),
      ]);
      const acknowledged = new Map<string, string>();
      const buy = async (buyer: number) => {
        const token = cluster.workspace.tokenOf(`buyer-${buyer}`);
        const client = createClient(cluster.port, 1);
        for (let n = 0; ; n += 1) {
          // A retry after a broken connection sends the same key, because the purchase may have succeeded.
          let answer: Answer | undefined;
          while (answer === undefined || answer.status === 503) {
            answer = await client
              .purchase({ saleId: 'crash', token, key: `${n}` })
              .catch((): Answer | undefined => undefined);
          }
          if (answer.status !== 201) {
            client.close();
            return JSON.parse(answer.body) as { code: string };
          }
          const { id, tickets } = JSON.parse(answer.body) as { id: string; tickets: number[] };
          acknowledged.set(id, String(tickets));
          if (acknowledged.size === 1000) void worker.kill('SIGKILL');
          if (acknowledged.size === 2000) void front.kill('SIGKILL');
        }
      };
      const ends = await Promise.all(Array.from({ length: 64 }, (_, buyer) => buy(buyer)));
      expect(new Set(ends.map(({ code }) => code))).toEqual(new Set(['sold_out']));

      // The relay publishes what the killed front had reserved only; what the killed worker had read is read again.
      const orders = await untilStored('crash', total);
      const stored = new Map(orders.map(({ id, tickets }) => [id, String(tickets)]));
      const missing = [...acknowledged.keys()].filter((id) => !stored.has(id));
      expect(await fateOf(missing), `${missing.length} acknowledged orders are not stored`).toEqual({
        slow: [],
        lost: [],
      });
      for (const [id, tickets] of acknowledged) expect(stored.get(id)).toBe(tickets);
      expect(new Set(stored.values()).size).toBe(total);
      expect(await cluster.workspace.inspect('crash')).toMatchObject({ remaining: 0, held: total });
    },
    CRASH_TIMEOUT_MS,
  );
});

/** As the log has them: one ticket is a number, several are an array. */
interface LoggedItems {
  readonly items: readonly {
    readonly orderId: string;
    readonly ticket?: number;
    readonly tickets?: readonly number[];
  }[];
}
