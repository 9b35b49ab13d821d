import { describe, expect, test } from 'vitest';
import { newName } from '../contract/fixtures.ts';
import { startFloodgate } from '../support/floodgate-process.ts';
import { createClient } from '../support/http-client.ts';
import { redisPrefix, TEST_REDIS_URL } from '../support/redis-prefix.ts';
import { createWorkspace } from '../support/workspace.ts';

const SALE = 'sale-undecided';

/** A front, and a buyer who buys and cancels in turns. */
async function undecidedBuyer(settings: Readonly<Record<string, string>>) {
  const workspace = await createWorkspace(settings);
  await workspace.publish({ id: SALE });
  const front = await startFloodgate(workspace.env);
  const client = createClient(front.port, 4);
  const userId = newName('user');
  const token = workspace.tokenOf(userId);
  const buy = (key: string, as = token) => client.purchase({ saleId: SALE, token: as, key });
  return {
    buy,
    another: () => buy('first', workspace.tokenOf(newName('user'))),
    /** The status of each purchase; those that were bought are cancelled. */
    cycles: async (count: number): Promise<number[]> => {
      const statuses: number[] = [];
      for (let n = 0; n < count; n += 1) {
        const { status, body } = await buy(`cycle-${n}`);
        statuses.push(status);
        if (status !== 201) continue;
        const { id } = JSON.parse(body) as { id: string };
        expect((await client.call('POST', `/v1/orders/${id}/cancel`, token)).status).toBe(200);
      }
      return statuses;
    },
    stop: async () => {
      client.close();
      await front.kill('SIGTERM');
      await workspace.remove();
    },
  };
}

const STORES: readonly (readonly [
  name: string,
  skip: boolean,
  open: () => ReturnType<typeof redisPrefix> | undefined,
])[] = [
  ['embedded', false, () => undefined],
  ['on Redis', TEST_REDIS_URL === undefined, redisPrefix],
];

for (const [name, skip, open] of STORES) {
  describe.skipIf(skip)(`a buyer who buys and cancels in turns, with the queue ${name}`, () => {
    test('places so many orders as the setting says, and is told why there are no more', async () => {
      const redis = open();
      const servers = redis === undefined ? {} : { REDIS_URL: redis.url, KEY_PREFIX: redis.prefix };
      const buyer = await undecidedBuyer({ MAX_ENDED_ORDERS: '3', ...servers });
      try {
        expect(await buyer.cycles(5)).toEqual([201, 201, 201, 409, 409]);
        const refused = await buyer.buy('one-more');
        expect(refused.status).toBe(409);
        expect(JSON.parse(refused.body)).toMatchObject({ code: 'too_many_orders' });
        const replayed = await buyer.buy('cycle-0');
        expect([replayed.status, replayed.headers['idempotent-replayed']]).toEqual([201, 'true']);
        expect((await buyer.another()).status).toBe(201);
      } finally {
        await buyer.stop();
        await redis?.drop();
      }
    });
  });
}

test('without the setting a buyer may do so a hundred times', async () => {
  const buyer = await undecidedBuyer({});
  try {
    const statuses = await buyer.cycles(102);
    expect(statuses.filter((status) => status === 201)).toHaveLength(100);
    expect(statuses.slice(100)).toEqual([409, 409]);
  } finally {
    await buyer.stop();
  }
});
