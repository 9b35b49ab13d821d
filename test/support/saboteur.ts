import { join } from 'node:path';
import { Redis } from 'ioredis';
import { MongoClient } from 'mongodb';
import { expect } from 'vitest';
import { connectSql, type SqlDatabase } from '../../src/adapters/sql/connect.ts';
import type { Workspace } from './workspace.ts';

/** Damages the data of a real installation directly in its stores. */
export interface Saboteur {
  removeTicket(saleId: string): Promise<number>;
  queueAgain(saleId: string, ticket: number): Promise<void>;
  deleteOrder(orderId: string): Promise<void>;
  changeBuyerInLedger(saleId: string, orderId: string, buyer: string): Promise<void>;
  countOneMore(saleId: string): Promise<void>;
  close(): Promise<void>;
}

export async function saboteurOf({ dataDir, env }: Workspace): Promise<Saboteur> {
  const { REDIS_URL, MYSQL_URL, MONGODB_URL, KEY_PREFIX } = env;
  if (REDIS_URL === undefined || MYSQL_URL === undefined || MONGODB_URL === undefined) {
    return embeddedSaboteur(await connectSql({ dialect: 'sqlite', file: join(dataDir, 'floodgate.db') }));
  }
  const database = await connectSql({ dialect: 'mysql', url: MYSQL_URL, poolSize: 2 });
  return clusterSaboteur(new Redis(REDIS_URL), `${KEY_PREFIX}`, database, new MongoClient(MONGODB_URL));
}

const DELETE = 'DELETE FROM orders WHERE id = ?';

function embeddedSaboteur(database: SqlDatabase): Saboteur {
  const sql = <Row>(text: string, ...values: readonly (string | number)[]): Promise<Row[]> =>
    database.orm.em.getConnection().execute(text, [...values]);
  return {
    removeTicket: async (saleId) => {
      const [sale] = await sql<{ fresh: number }>('SELECT fresh FROM queue_sale WHERE id = ?', saleId);
      await sql('UPDATE queue_sale SET fresh = fresh + 1 WHERE id = ?', saleId);
      return sale?.fresh ?? 0;
    },
    queueAgain: async (saleId, ticket) => {
      const insert = 'INSERT INTO queue_returned (sale, place, ticket) SELECT n, tail, ? FROM queue_sale WHERE id = ?';
      await sql(insert, ticket, saleId);
      await sql('UPDATE queue_sale SET tail = tail + 1 WHERE id = ?', saleId);
    },
    deleteOrder: async (orderId) => void (await sql(DELETE, orderId)),
    changeBuyerInLedger: async (_saleId, orderId, buyer) => {
      await sql('UPDATE queue_reservation SET buyer = ? WHERE order_id = ?', buyer, orderId);
    },
    countOneMore: async (saleId) => {
      await sql(
        'UPDATE live_second SET reserved = reserved + 1 WHERE sale = ? AND second = (SELECT min(second) FROM live_second WHERE sale = ?)',
        saleId,
        saleId,
      );
      await sql('UPDATE live_sale SET reserved = reserved + 1 WHERE sale = ?', saleId);
    },
    close: () => database.close(),
  };
}

function clusterSaboteur(redis: Redis, prefix: string, database: SqlDatabase, mongo: MongoClient): Saboteur {
  const key = (saleId: string, name: string) => `${prefix}{${saleId}}:${name}`;
  return {
    removeTicket: async (saleId) => Number(await redis.lpop(key(saleId, 'queue'))),
    queueAgain: async (saleId, ticket) => void (await redis.rpush(key(saleId, 'queue'), ticket)),
    deleteOrder: async (orderId) => void (await database.orm.em.getConnection().execute(DELETE, [orderId])),
    changeBuyerInLedger: async (saleId, orderId, buyer) => {
      const entry = (await redis.hget(key(saleId, 'ledger'), orderId)) ?? '';
      const [, head, userBytes, rest = ''] = /^([\d,]+ \d+ \d+) (\d+) (.*)$/.exec(entry) ?? [];
      const changed = `${head} ${buyer.length} ${buyer}${rest.slice(Number(userBytes))}`;
      await redis.hset(key(saleId, 'ledger'), orderId, changed);
    },
    countOneMore: async (saleId) => {
      const { modifiedCount } = await mongo
        .db()
        .collection<{ _id: string; sale: string; reserved: number }>('live.seconds')
        .updateOne({ sale: saleId, reserved: { $gt: 0 } }, { $inc: { reserved: 1 } });
      expect(modifiedCount).toBe(1);
    },
    close: async () => {
      redis.disconnect();
      await Promise.all([database.close(), mongo.close()]);
    },
  };
}
