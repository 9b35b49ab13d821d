/**
 * Purchases on the cluster, each answered from the log's acknowledgement, against a bare echo of the same request, in one
 * run, alternated; with the workers paused (they would compete for the same cores), and with `--workers 2` running.
 *
 *   npm run servers -- up && eval "$(npm run -s servers -- env)"
 *   npm run build && node dist/bench/cluster.js [--client wrk] [--connections 1024,128] [--rounds 5] [--seconds 5]
 *     [--workers 0]
 *
 * The result is checked: at its end a worker stores the backlog, and as many orders are stored as were answered 201.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { issueToken } from '../src/api/issue-token.ts';
import { createInstallation, SECRET } from './support/installation.ts';
import { CLIENTS, type ClientName, type LoadResult, load, type WireRequest } from './support/load.ts';
import { median } from './support/median.ts';
import { type ServerProcess, serve } from './support/serve.ts';

const { values } = parseArgs({
  options: {
    client: { type: 'string', default: 'wrk' },
    connections: { type: 'string', default: '1024,128' },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '5' },
    buyers: { type: 'string', default: '20000' },
    workers: { type: 'string', default: '0' },
  },
});
const client = CLIENTS.find((name) => name === values.client) as ClientName;
const [rounds, seconds, buyers, workers] = [values.rounds, values.seconds, values.buyers, values.workers].map(
  Number,
) as [number, number, number, number];

const MAIN = new URL('../src/main.js', import.meta.url);
const MANY = 2_000_000;
const BACKLOG_POLL_MS = 200;

const installation = await createInstallation();
const tuning = Object.fromEntries(Object.entries(process.env).filter(([name]) => /^(PURCHASE|SETTLEMENT)_/.test(name)));
const env = { ...(tuning as Record<string, string>), ...installation.env };
const now = Date.now();
await installation.publish({
  id: 'cluster',
  productId: 'bench',
  title: 'cluster',
  description: 'a benchmark',
  price: { amount: 100, currency: 'USD' },
  total: MANY,
  perBuyerLimit: MANY,
  opensAt: now - 1000,
  closesAt: now + 86_400_000,
  payWithinSeconds: 900,
  status: 'draft',
  epoch: 1,
  version: 1,
});

const requests: WireRequest[] = Array.from({ length: buyers }, (_, n) => ({
  method: 'POST',
  path: '/v1/sales/cluster/purchases',
  headers: {
    'content-type': 'application/json',
    authorization: `Bearer ${issueToken({ secret: SECRET, userId: `buyer-${n}`, role: 'buyer', ttlSeconds: 86_400 })}`,
  },
  body: '{}',
}));

const echo = await serve(new URL('./support/echo-server.js', import.meta.url));
const first = await serve(MAIN, { args: ['serve'], env: { ...env, ROLES: 'front', PORT: '0' } });
const others: ServerProcess[] = [];
for (let n = 0; n < workers; n += 1)
  others.push(await serve(MAIN, { args: ['serve'], env: { ...env, ROLES: 'worker' } }));

let accepted = 0;
let widest = 0;
const table: Record<string, unknown>[] = [];
for (const connections of values.connections.split(',').map(Number)) {
  widest = Math.max(widest, connections);
  await load(client, { port: first.port, connections, seconds: 2, requests }).then(count);
  const runs: { echo: LoadResult; sold: LoadResult }[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    const ceiling = await load(client, { port: echo.port, connections, seconds, requests });
    const sold = await load(client, { port: first.port, connections, seconds, requests });
    count(sold);
    runs.push({ echo: ceiling, sold });
    process.stderr.write(
      `${connections} connections, round ${round}: echo ${Math.round(ceiling.perSecond)}/s, sold ${Math.round(sold.perSecond)}/s, refused ${sold.refused}, broken ${sold.broken}\n`,
    );
  }
  table.push({
    connections,
    'echo/s': Math.round(median(runs.map((run) => run.echo.perSecond))),
    'sold/s': Math.round(median(runs.map((run) => run.sold.perSecond))),
    ratio: median(runs.map((run) => run.sold.perSecond / run.echo.perSecond)).toFixed(3),
    'p50 ms': median(runs.map((run) => run.sold.p50Ms)).toFixed(2),
    'p99 ms': median(runs.map((run) => run.sold.p99Ms)).toFixed(2),
    refused: runs.reduce((sum, run) => sum + run.sold.refused, 0),
    broken: runs.reduce((sum, run) => sum + run.sold.broken, 0),
  });
}

function count(result: LoadResult): void {
  accepted += result.accepted;
}

console.log(`client ${client}, ${workers} workers`);
console.table(table);
const from = performance.now();
if (workers === 0) others.push(await serve(MAIN, { args: ['serve'], env: { ...env, ROLES: 'worker' } }));
let stored = -1;
for (;;) {
  const next = await installation.stored('cluster');
  if (next >= accepted && next === stored) break;
  stored = next;
  await delay(BACKLOG_POLL_MS);
}
console.log(`the backlog was stored ${((performance.now() - from) / 1000).toFixed(1)} s after the load`);
for (const server of [first, echo, ...others]) await server.stop();
await installation.remove();

// Answers that were on their way when the clock ran out are stored and not counted: at most one a connection and load.
const uncounted = stored - accepted;
console.log(`${accepted} answers 201, ${stored} stored orders (${uncounted} were on their way when a load ended)`);
if (uncounted < 0 || uncounted > widest * (rounds + 1) * table.length) {
  console.error('the orders are not those that were answered');
  process.exitCode = 1;
}
