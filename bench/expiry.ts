/**
 * Unpaid orders that fall due together: how long until all are expired and back on sale, what purchases of another sale
 * lose meanwhile, and how long a single ticket takes from its deadline until somebody else can buy it.
 *
 *   npm run build && node dist/bench/expiry.js [--on embedded|cluster] [--orders 100000] [--client autocannon|wrk]
 *
 * The cluster (one front, one worker, one scheduler) needs servers: npm run servers -- up; eval "$(npm run -s servers -- env)"
 * The processes are stopped until every order is due, so that all are found at once, and by a scheduler that did not see
 * them being sold. The result is checked: every order expired, every ticket back.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { openPorts } from '../src/app/adapters/open-ports.ts';
import { seedWhenReady } from '../src/app/seed.ts';
import { loadConfig } from '../src/config.ts';
import type { Sale } from '../src/domain/sale.ts';
import { createLog } from '../src/telemetry/log.ts';
import { createClusterInstallation } from './support/cluster-installation.ts';
import { acceptedPerSecond, CLIENTS, type ClientName, load } from './support/load.ts';
import { MAIN } from './support/programs.ts';
import { putOnSale } from './support/put-on-sale.ts';
import { createTokens, purchasesOf, tokenOf } from './support/requests.ts';
import { saleOf } from './support/sale.ts';
import { SECRET } from './support/secret.ts';
import { sellThrough } from './support/sell.ts';
import { type ServerProcess, serve } from './support/serve.ts';
import { quantile } from './support/spread.ts';

const { values } = parseArgs({
  options: {
    on: { type: 'string', default: 'embedded' },
    client: { type: 'string', default: 'autocannon' },
    orders: { type: 'string', default: '100000' },
    connections: { type: 'string', default: '128' },
  },
});
const client = CLIENTS.find((name) => name === values.client) as ClientName;
const [orders, connections] = [values.orders, values.connections].map(Number) as [number, number];

const silent = createLog({ level: 'silent' });
const MANY = 10_000_000;
/** Long enough to sell and store them all before the first is due. */
const PAY_WITHIN_SECONDS = 30;
const LOAD_SECONDS = 5;
const POLL_MS = 50;
const GIVE_UP_MS = 180_000;
/** Single tickets: so many, so far apart. */
const SINGLES = 200;
const SINGLES_EVERY_MS = 20;
/** Longer than it takes to sell them, so that the hungry wait before the first is due. */
const SINGLE_PAY_SECONDS = 7;
const HUNGRY_BUYERS = 16;
/** As often as somebody looks again; all together every 2 ms. */
const HUNGRY_EVERY_MS = 32;

const onCluster = values.on === 'cluster';
const installation = onCluster ? await createClusterInstallation() : undefined;
const dataDir = await mkdtemp(join(tmpdir(), 'floodgate-bench-'));
const env: Record<string, string> = { DATA_DIR: dataDir, JWT_SECRET: SECRET, ...installation?.env };
const tokens = createTokens();
const roles = onCluster ? ['worker', 'scheduler', 'front'] : ['all'];

async function startAll(): Promise<{ port: number; stop: () => Promise<void> }> {
  const running: ServerProcess[] = [];
  for (const role of roles) {
    running.push(await serve(MAIN, { args: ['serve'], env: { ...env, PORT: '0', ROLES: role } }));
  }
  return {
    port: running.at(-1)?.port ?? 0,
    stop: async () => {
      for (const process of running.reverse()) await process.stop();
    },
  };
}

async function until(done: () => Promise<boolean>, what: string): Promise<void> {
  const giveUpAt = performance.now() + GIVE_UP_MS;
  while (!(await done())) {
    if (performance.now() > giveUpAt) throw new Error(`not within ${GIVE_UP_MS} ms: ${what}`);
    await delay(POLL_MS);
  }
}

const { ports, close } = await openPorts(loadConfig(env), silent);
const publish = (sale: Sale) => seedWhenReady(() => putOnSale(sale, ports), { log: silent });
const due = await publish(saleOf('due', { total: orders, payWithinSeconds: PAY_WITHIN_SECONDS }));
const busy: Sale[] = [];
for (const n of [0, 1, 2]) busy.push(await publish(saleOf(`busy-${n}`, { total: MANY })));

await sellThrough(ports, due, orders);
const soldAt = Date.now();

const rate = async (port: number, saleId: string) =>
  acceptedPerSecond(
    await load(client, { port, connections, seconds: LOAD_SECONDS, requests: purchasesOf(saleId, { tokens }) }),
  );

const before = await startAll();
await until(async () => (await ports.store.counts(due.id)).states.reserved === orders, 'all stored');
if (Date.now() > soldAt - 5000 + PAY_WITHIN_SECONDS * 1000)
  throw new Error('too slow: some were due before all were stored');
await before.stop();
await delay(Math.max(0, soldAt + PAY_WITHIN_SECONDS * 1000 - Date.now()));

const running = await startAll();
const from = performance.now();
let expiredMs = 0;
const expiring = until(async () => {
  const [{ states }, stock] = await Promise.all([ports.store.counts(due.id), ports.queue.stock(due.id)]);
  return states.expired === orders && stock?.remaining === orders;
}, 'all expired and back on sale').then(() => {
  expiredMs = performance.now() - from;
});
const during = await rate(running.port, 'busy-0');
const loadEndedMs = performance.now() - from;
await expiring;
const alone = [await rate(running.port, 'busy-1'), await rate(running.port, 'busy-2')];
const aloneRate = (alone[0] as number) / 2 + (alone[1] as number) / 2;

// What the load before has left to store would be in front.
const { settlement } = loadConfig(env);
await until(async () => (await ports.log.lag(settlement.group)) === 0, 'all stored');
await publish(saleOf('single', { total: SINGLES, payWithinSeconds: SINGLE_PAY_SECONDS }));
const buy = async (saleId: string, userId: string): Promise<{ status: number; payBy: number }> => {
  const answer = await fetch(`http://127.0.0.1:${running.port}/v1/sales/${saleId}/purchases`, {
    method: 'POST',
    headers: { authorization: `Bearer ${tokenOf(userId)}` },
  });
  const body = (await answer.json()) as { payBy?: string };
  return { status: answer.status, payBy: Date.parse(body.payBy ?? '') };
};
const deadlines: number[] = [];
for (let n = 0; n < SINGLES; n += 1) {
  const { payBy } = await buy('single', `holder-${n}`);
  deadlines.push(payBy);
  await delay(SINGLES_EVERY_MS);
}
const boughtAt: number[] = [];
await Promise.all(
  Array.from({ length: HUNGRY_BUYERS }, async (_, n) => {
    while (boughtAt.length < SINGLES) {
      const { status, payBy } = await buy('single', `hungry-${n}`);
      if (status !== 201) {
        await delay(HUNGRY_EVERY_MS);
        continue;
      }
      boughtAt.push(Date.now());
      // Nobody pays: this ticket comes back, too.
      deadlines.push(payBy);
    }
  }),
);
// A ticket is bought in the order in which deadlines passed, so the nth purchase had to wait for the nth deadline.
deadlines.sort((a, b) => a - b);
const waits = boughtAt.map((at, n) => at - (deadlines[n] as number)).sort((a, b) => a - b);

await running.stop();
await close();
await installation?.remove();
await rm(dataDir, { recursive: true, force: true });
console.table([
  {
    on: values.on,
    orders,
    'all back on sale, s': (expiredMs / 1000).toFixed(1),
    'purchases/s meanwhile': Math.round(during),
    'purchases/s alone': Math.round(aloneRate),
    ratio: (during / aloneRate).toFixed(2),
    'load ended after, s': (loadEndedMs / 1000).toFixed(1),
    'due to buyable p50, ms': quantile(waits, 0.5),
    'p99, ms': quantile(waits, 0.99),
  },
]);
