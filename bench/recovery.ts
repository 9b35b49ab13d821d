/**
 * How long a sale is away when Redis has lost everything, and how long the audit of a large one takes.
 *
 *   npm run build && node dist/bench/recovery.js [--tickets 100000] [--sold 90000] [--audited 1000000] [--rounds 3]
 *
 * One front, one worker and one scheduler, on the servers that the environment names or on its own. What an emptied Redis
 * leaves of this installation, nothing, is made by removing its keys while somebody tries to buy without a pause; the time
 * ends with the first 201. The audited sale is sold out; the time is that of the whole command.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openPorts } from '../src/app/adapters/open-ports.ts';
import { loadConfig } from '../src/config.ts';
import type { Sale } from '../src/domain/sale.ts';
import { createLog } from '../src/telemetry/log.ts';
import { benchServers } from './runner/servers.ts';
import { createClusterInstallation, unlinkAll } from './support/cluster-installation.ts';
import { MAIN } from './support/programs.ts';
import { tokenOf } from './support/requests.ts';
import { saleOf } from './support/sale.ts';
import { sellThrough } from './support/sell.ts';
import { serve } from './support/serve.ts';

const { values } = parseArgs({
  options: {
    tickets: { type: 'string', default: '100000' },
    sold: { type: 'string', default: '90000' },
    audited: { type: 'string', default: '1000000' },
    rounds: { type: 'string', default: '3' },
  },
});
const [tickets, sold, audited, rounds] = [values.tickets, values.sold, values.audited, values.rounds].map(Number) as [
  number,
  number,
  number,
  number,
];

/** Longer than the run: nothing expires meanwhile. */
const PAY_WITHIN_SECONDS = 86_400;
const POLL_MS = 50;
const TRY_EVERY_MS = 10;

const say = (line: string) => process.stderr.write(`${line}\n`);
const servers = await benchServers(say);
const installation = await createClusterInstallation(servers.env);
const { env } = installation;
const { REDIS_URL = '', KEY_PREFIX = '' } = env;
const { ports, close } = await openPorts(loadConfig(env), createLog({ level: 'silent' }));

async function sell(sale: Sale, count: number): Promise<void> {
  await sellThrough(ports, sale, count);
  while ((await installation.stored(sale.id)) < count) await delay(POLL_MS);
  say(`${sale.id}: ${count} of ${sale.total} tickets sold and stored`);
}

async function firstSaleAgain(port: number, saleId: string): Promise<number> {
  await unlinkAll(REDIS_URL, KEY_PREFIX);
  const from = performance.now();
  for (let n = 0; ; n += 1) {
    const answer = await fetch(`http://127.0.0.1:${port}/v1/sales/${saleId}/purchases`, {
      method: 'POST',
      headers: { authorization: `Bearer ${tokenOf(`first-${from}-${n}`)}` },
    });
    await answer.arrayBuffer();
    if (answer.status === 201) return performance.now() - from;
    await delay(TRY_EVERY_MS);
  }
}

async function auditTook(saleId: string): Promise<number> {
  const from = performance.now();
  const child = spawn(process.execPath, [fileURLToPath(MAIN), 'audit', saleId], {
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`the audit ended with ${code}`);
  return performance.now() - from;
}

const worker = await serve(MAIN, { args: ['serve'], env: { ...env, ROLES: 'worker' } });
const scheduler = await serve(MAIN, { args: ['serve'], env: { ...env, ROLES: 'scheduler' } });
const front = await serve(MAIN, { args: ['serve'], env: { ...env, ROLES: 'front', PORT: '0' } });

const lost = await installation.publish(saleOf('lost', { total: tickets, payWithinSeconds: PAY_WITHIN_SECONDS }));
await sell(lost, sold);
const recoveries: number[] = [];
for (let round = 1; round <= rounds; round += 1) {
  recoveries.push(await firstSaleAgain(front.port, lost.id));
  say(`round ${round}: sold again ${Math.round(recoveries.at(-1) ?? 0)} ms after the loss`);
}

const audits: number[] = [];
if (audited > 0) {
  const large = await installation.publish(saleOf('large', { total: audited, payWithinSeconds: PAY_WITHIN_SECONDS }));
  await sell(large, audited);
  for (let round = 1; round <= rounds; round += 1) {
    audits.push(await auditTook(large.id));
    say(`round ${round}: audited in ${Math.round(audits.at(-1) ?? 0)} ms`);
  }
}

for (const process of [front, scheduler, worker]) await process.stop();
await close();
await installation.remove();
await servers.stop();
const seconds = (times: readonly number[]) => times.map((ms) => (ms / 1000).toFixed(1)).join(', ');
console.table([
  { what: `a sale of ${tickets} with ${sold} sold, from its loss to the next 201, s`, rounds: seconds(recoveries) },
  { what: `audit of ${audited} tickets, all sold, s`, rounds: seconds(audits) },
]);
