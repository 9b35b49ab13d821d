/**
 * The embedded front's purchases against a bare echo of the same request, in one run, alternated.
 *
 *   npm run build && node dist/bench/purchase.js [--client autocannon|wrk] [--rounds 5] [--seconds 5] [--connections 128]
 *
 * success: every request takes a ticket and is answered 201, with settlement in the same process.
 * sold out: requests without a key against a sale that has no ticket left; sold out, keyed: with one, which has to ask the
 * queue. Each round has a sale of its own, so that buyers hold a few tickets, as they do. The result is checked: as many
 * stored orders as 201s.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { issueToken } from '../src/api/issue-token.ts';
import { openPorts } from '../src/app/ports.ts';
import { loadConfig } from '../src/config.ts';
import type { Sale } from '../src/domain/sale.ts';
import { putOnSale } from '../src/services/publish.ts';
import { createLog } from '../src/telemetry/log.ts';
import { CLIENTS, type ClientName, type LoadResult, load, type WireRequest } from './support/load.ts';
import { median } from './support/median.ts';
import { serve } from './support/serve.ts';

const { values } = parseArgs({
  options: {
    client: { type: 'string', default: 'autocannon' },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '5' },
    connections: { type: 'string', default: '128' },
    buyers: { type: 'string', default: '20000' },
  },
});
const client = CLIENTS.find((name) => name === values.client) as ClientName;
const [rounds, seconds, connections, buyers] = [values.rounds, values.seconds, values.connections, values.buyers].map(
  Number,
) as [number, number, number, number];

const silent = createLog({ level: 'silent' });
const SECRET = 'the secret of a benchmark, it guards nothing at all';
const MANY = 100_000_000;

/** Both servers are measured when their code is compiled. */
const WARM_UP_SECONDS = 2;
const WARM_UP = 0;

const dataDir = await mkdtemp(join(tmpdir(), 'floodgate-bench-'));
const env = { DATA_DIR: dataDir, JWT_SECRET: SECRET, PORT: '0', LOG_LEVEL: 'info', ...tuning() };

/** Settings of this very run, for trying them: FRONT and every PURCHASE_… and SETTLEMENT_… of the environment are passed on. */
function tuning(): Record<string, string> {
  const wanted = Object.entries(process.env).filter(([name]) =>
    /^(FRONT$|(PURCHASE|SETTLEMENT|ADMISSION)_)/.test(name),
  );
  return Object.fromEntries(wanted) as Record<string, string>;
}

function saleOf(id: string, total: number): Sale {
  const now = Date.now();
  return {
    id,
    productId: 'bench',
    title: id,
    description: id,
    price: { amount: 100, currency: 'USD' },
    total,
    perBuyerLimit: MANY,
    opensAt: now - 1000,
    closesAt: now + 86_400_000,
    payWithinSeconds: 900,
    status: 'draft',
    epoch: 1,
    version: 1,
  };
}

function requestsOf(saleId: string, keyed: boolean): WireRequest[] {
  return Array.from({ length: buyers }, (_, n) => ({
    method: 'POST',
    path: `/v1/sales/${saleId}/purchases`,
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${issueToken({ secret: SECRET, userId: `buyer-${n}`, role: 'buyer', ttlSeconds: 86_400 })}`,
      ...(keyed ? { 'idempotency-key': `key-${n}` } : {}),
    },
    body: '{}',
  }));
}

async function ordersStored(): Promise<number> {
  const { ports, close } = await openPorts(loadConfig(env), silent);
  let stored = 0;
  for (let round = WARM_UP; round <= rounds; round += 1) {
    stored += (await ports.store.counts(saleOfRound(round))).states.reserved;
  }
  await close();
  return stored;
}

function saleOfRound(round: number): string {
  return `success-${round}`;
}

const opened = await openPorts(loadConfig(env), silent);
for (let round = WARM_UP; round <= rounds; round += 1) {
  await putOnSale(saleOf(saleOfRound(round), MANY), opened.ports);
}
await putOnSale(saleOf('gone', 1), opened.ports);
await opened.close();

const echo = await serve(new URL('./support/echo-server.js', import.meta.url));
const floodgate = await serve(new URL('../src/main.js', import.meta.url), { args: ['serve'], env });
const idleMb = await floodgate.memoryMb();
await load(client, {
  port: floodgate.port,
  connections: 1,
  seconds: 1,
  requests: requestsOf('gone', false).slice(0, 1),
});

const gone = requestsOf('gone', false);
const goneKeyed = requestsOf('gone', true);
const scenariosOf = (round: number) => {
  const requests = requestsOf(saleOfRound(round), false);
  return {
    echo: { port: echo.port, requests },
    success: { port: floodgate.port, requests },
    'sold out': { port: floodgate.port, requests: gone },
    'sold out, keyed': { port: floodgate.port, requests: goneKeyed },
  };
};
const names = Object.keys(scenariosOf(WARM_UP));
const results = new Map<string, LoadResult[]>(names.map((name) => [name, []]));
let accepted = 0;
for (let round = WARM_UP; round <= rounds; round += 1) {
  for (const [name, scenario] of Object.entries(scenariosOf(round))) {
    const result = await load(client, {
      ...scenario,
      connections,
      seconds: round === WARM_UP ? WARM_UP_SECONDS : seconds,
    });
    if (name === 'success') accepted += result.accepted;
    if (round !== WARM_UP) results.get(name)?.push(result);
    process.stderr.write(
      `${round === WARM_UP ? 'warm-up' : `round ${round}`} ${name}: ${Math.round(result.perSecond)}/s p50 ${result.p50Ms.toFixed(2)} ms p99 ${result.p99Ms.toFixed(2)} ms refused ${result.refused} broken ${result.broken}\n`,
    );
    await backlogGone();
  }
}

async function backlogGone(): Promise<void> {
  const from = performance.now();
  for (;;) {
    const body = await (await fetch(`http://127.0.0.1:${floodgate.port}/metrics`)).text();
    const lags = Array.from(body.matchAll(/^floodgate_consumer_lag\{.*\} (\d+)$/gm), ([, lag]) => Number(lag));
    if (lags.every((lag) => lag === 0)) break;
    await delay(10);
  }
  const ms = performance.now() - from;
  if (ms > 100) process.stderr.write(`  backlog gone after ${Math.round(ms)} ms\n`);
}

const rateOf = (name: string) => median((results.get(name) ?? []).map(({ perSecond }) => perSecond));
const table = names.map((name) => {
  const runs = results.get(name) ?? [];
  const ratios = runs.map(({ perSecond }, i) => perSecond / (results.get('echo')?.[i]?.perSecond ?? 1));
  return {
    scenario: name,
    'per second': Math.round(rateOf(name)),
    ratio: median(ratios).toFixed(3),
    'p50 ms': median(runs.map(({ p50Ms }) => p50Ms)).toFixed(2),
    'p99 ms': median(runs.map(({ p99Ms }) => p99Ms)).toFixed(2),
    refused: runs.reduce((sum, { refused }) => sum + refused, 0),
    broken: runs.reduce((sum, { broken }) => sum + broken, 0),
  };
});
console.table(table);
const loadedMb = await floodgate.memoryMb();
console.log(`memory: ${idleMb.toFixed(0)} MB idle, ${loadedMb.toFixed(0)} MB after the load`);
await floodgate.stop();
await echo.stop();

const stored = await ordersStored();
await rm(dataDir, { recursive: true });
// Answers that were on their way when the clock ran out are stored and not counted: at most one a connection and round.
const uncounted = stored - accepted;
console.log(`${accepted} answers 201, ${stored} stored orders (${uncounted} were on their way when a round ended)`);
if (uncounted < 0 || uncounted > connections * (rounds + 1)) {
  console.error('the orders are not those that were answered');
  process.exitCode = 1;
}
