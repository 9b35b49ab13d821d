/**
 * How fast one worker stores a log full of reservations into MySQL, against raw multi-row inserts of the same rows through
 * mysql2 in the same run, and how much memory it takes meanwhile.
 *
 *   npm run servers -- up && eval "$(npm run -s servers -- env)"
 *   npm run build && node dist/bench/settlement.js [--orders 200000] [--rounds 3]
 *
 * The raw inserts go into a table like `orders`, 1,000 rows a statement, one connection, a commit each. The result is
 * checked: every order of the log is stored, once.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { createConnection } from 'mysql2/promise';
import { openKafkaOrderLog } from '../src/adapters/kafka/order-log.ts';
import { createIdSource } from '../src/domain/ids.ts';
import type { ReservationsRecord } from '../src/domain/log-record.ts';
import { createInstallation } from './support/installation.ts';
import { median } from './support/median.ts';
import { serve } from './support/serve.ts';

const { values } = parseArgs({
  options: { orders: { type: 'string', default: '200000' }, rounds: { type: 'string', default: '3' } },
});
const orders = Number(values.orders);
const rounds = Number(values.rounds);

const MAIN = new URL('../src/main.js', import.meta.url);
/** As the front writes them: a full batch of purchases a record. */
const ITEMS_PER_RECORD = 64;
const APPENDS_IN_FLIGHT = 32;
const ROWS_PER_INSERT = 1000;
const POLL_MS = 20;

const newId = createIdSource({ node: 0, now: Date.now });

function recordOf(saleId: string, from: number, count: number): ReservationsRecord {
  const reservedAt = Date.now();
  const items = Array.from({ length: count }, (_, n) => {
    const orderId = newId();
    const ticket = from + n + 1;
    // Buyers come in no order: it decides how many pages of their index an insert touches.
    const userId = `buyer-${(ticket * 2_654_435_761) % 1_000_003}`;
    return { orderId, ticket, userId, key: `k:click-${ticket}`, reservedAt, requestId: `bench-${ticket}` };
  });
  const price = { amount: 12_999, currency: 'USD' };
  return { type: 'reservations', saleId, productId: 'bench', epoch: 1, price, payWithinSeconds: 900, items };
}

const perSecond = (count: number, ms: number) => (count * 1000) / ms;

async function rawInserts(mysqlUrl: string): Promise<number> {
  const connection = await createConnection(mysqlUrl);
  await connection.query('DROP TABLE IF EXISTS raw_orders');
  await connection.query('CREATE TABLE raw_orders LIKE orders');
  const records = Array.from({ length: Math.ceil(orders / ROWS_PER_INSERT) }, (_, n) =>
    recordOf('raw', n * ROWS_PER_INSERT, ROWS_PER_INSERT),
  );
  const from = performance.now();
  for (const { saleId, productId, price, items } of records) {
    const rows = items.map(({ orderId, userId, key, ticket, reservedAt }) => [
      orderId,
      saleId,
      productId,
      userId,
      key,
      ticket,
      price.amount,
      price.currency,
      'reserved',
      reservedAt,
      reservedAt + 900_000,
    ]);
    await connection.query(
      'INSERT INTO raw_orders (id, sale_id, product_id, user_id, idem_key, ticket, price_amount, price_currency, state, reserved_at, pay_by) VALUES ?',
      [rows],
    );
  }
  const ms = performance.now() - from;
  await connection.query('DROP TABLE raw_orders');
  await connection.end();
  return perSecond(records.length * ROWS_PER_INSERT, ms);
}

async function settle(round: number): Promise<{ rate: number; peakMb: number; startMb: number }> {
  const installation = await createInstallation();
  const { KAFKA_BROKERS = '', TOPIC_PREFIX = '' } = installation.env;
  const saleId = `settlement-${round}`;
  const { log, ready, close } = await openKafkaOrderLog({
    brokers: KAFKA_BROKERS.split(','),
    topicPrefix: TOPIC_PREFIX,
  });
  await ready;
  for (let done = 0; done < orders; ) {
    const appends: Promise<void>[] = [];
    for (let n = 0; n < APPENDS_IN_FLIGHT && done < orders; n += 1) {
      const count = Math.min(ITEMS_PER_RECORD, orders - done);
      appends.push(log.append(recordOf(saleId, done, count)));
      done += count;
    }
    await Promise.all(appends);
  }
  await close();

  const worker = await serve(MAIN, { args: ['serve'], env: { ...installation.env, ROLES: 'worker' } });
  const startMb = await worker.memoryMb();
  let peakMb = startMb;
  let from = 0;
  let before = 0;
  let stored = 0;
  // From the first stored order on: joining the group is not storing.
  while (stored < orders) {
    await delay(POLL_MS);
    stored = await installation.stored(saleId);
    peakMb = Math.max(peakMb, await worker.memoryMb());
    if (from === 0 && stored > 0) {
      from = performance.now();
      before = stored;
    }
  }
  const rate = perSecond(stored - before, performance.now() - from);
  await worker.stop();
  if (stored !== orders) throw new Error(`${stored} orders are stored, the log held ${orders}`);
  await installation.remove();
  return { rate, peakMb, startMb };
}

const results: { raw: number; rate: number; ratio: number; startMb: number; peakMb: number }[] = [];
const installation = await createInstallation();
for (let round = 1; round <= rounds; round += 1) {
  const raw = await rawInserts(installation.env['MYSQL_URL'] ?? '');
  const { rate, startMb, peakMb } = await settle(round);
  results.push({ raw, rate, ratio: rate / raw, startMb, peakMb });
  process.stderr.write(
    `round ${round}: raw ${Math.round(raw)} rows/s, worker ${Math.round(rate)} orders/s, ${startMb.toFixed(0)} MB at start, ${peakMb.toFixed(0)} MB at most\n`,
  );
}
await installation.remove();
console.table([
  {
    orders,
    'raw rows/s': Math.round(median(results.map(({ raw }) => raw))),
    'orders/s': Math.round(median(results.map(({ rate }) => rate))),
    ratio: median(results.map(({ ratio }) => ratio)).toFixed(3),
    'MB at start': median(results.map(({ startMb }) => startMb)).toFixed(0),
    'MB at most': median(results.map(({ peakMb }) => peakMb)).toFixed(0),
  },
]);
