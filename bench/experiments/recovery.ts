import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../../src/adapters/system/clock.ts';
import { openPorts } from '../../src/app/adapters/open-ports.ts';
import { loadConfig } from '../../src/config.ts';
import type { Sale } from '../../src/domain/sale.ts';
import { poll } from '../../src/resilience/poll.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { ALL_SERVERS } from '../runner/servers.ts';
import { createClusterInstallation, unlinkAll } from '../support/cluster-installation.ts';
import { MAIN, serveFloodgate } from '../support/floodgate.ts';
import type { Installation } from '../support/installation.ts';
import { tokenOf } from '../support/requests.ts';
import { saleOf } from '../support/sale.ts';
import { sellDirectly } from '../support/sell-directly.ts';
import type { ServerProcess } from '../support/serve.ts';
import { experiment } from './experiment.ts';

/** Longer than the run, so that no order expires during it. */
const PAY_WITHIN_SECONDS = 86_400;
const POLL_MS = 50;
const RETRY_EVERY_MS = 10;

/** Sells tickets of a new sale, and resolves when their orders are stored. */
async function sellAndStore(installation: Installation, draft: Sale, count: number): Promise<Sale> {
  const sale = await installation.publish(draft);
  const { ports, close } = await openPorts(loadConfig(installation.env), createLog({ level: 'silent' }));
  try {
    await sellDirectly(ports, sale, count);
  } finally {
    await close();
  }
  await poll(() => installation.stored(sale.id), {
    until: (stored) => stored >= count,
    everyMs: POLL_MS,
    clock: systemClock,
  });
  return sale;
}

/** Removes all keys from Redis; resolves with the milliseconds until the next 201, of buyers who try without a pause. */
async function timeToNextSale(installation: Installation, port: number, saleId: string): Promise<number> {
  const { REDIS_URL = '', KEY_PREFIX = '' } = installation.env;
  await unlinkAll(REDIS_URL, KEY_PREFIX);
  const from = performance.now();
  for (let n = 0; ; n += 1) {
    const answer = await fetch(`http://127.0.0.1:${port}/v1/sales/${saleId}/purchases`, {
      method: 'POST',
      headers: { authorization: `Bearer ${tokenOf(`first-${from}-${n}`)}` },
    });
    await answer.arrayBuffer();
    if (answer.status === 201) return performance.now() - from;
    await delay(RETRY_EVERY_MS);
  }
}

/** Milliseconds of the whole `floodgate audit` command. */
async function timeAudit({ env }: Installation, saleId: string): Promise<number> {
  const from = performance.now();
  const child = spawn(process.execPath, [fileURLToPath(MAIN), 'audit', saleId], {
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`the audit exited with code ${code}`);
  return performance.now() - from;
}

async function timed(rounds: number, what: string, say: (line: string) => void, measure: () => Promise<number>) {
  const times: number[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    const ms = await measure();
    times.push(ms);
    say(`round ${round}: ${what} ${Math.round(ms)} ms`);
  }
  return times.map((ms) => (ms / 1000).toFixed(1)).join(', ');
}

export const recovery = experiment({
  name: 'recovery',
  shows: 'time until a sale sells again after Redis lost everything, and time of the audit of a large sale',
  reason: 'it measures the duration of single events, not a rate',
  options: { tickets: 100_000, sold: 90_000, audited: 1_000_000, rounds: 3 },
  servers: () => ALL_SERVERS,
  run: async ({ tickets, sold, audited, rounds }, { servers, say }) => {
    const installation = await createClusterInstallation(servers);
    const { env } = installation;
    const running: ServerProcess[] = [];
    const rows: Record<string, string>[] = [];
    try {
      for (const roles of ['worker', 'scheduler', 'front']) running.push(await serveFloodgate({ env, roles }));
      const port = running.at(-1)?.port ?? 0;
      const options = { payWithinSeconds: PAY_WITHIN_SECONDS };
      const lost = await sellAndStore(installation, saleOf('lost', { total: tickets, ...options }), sold);
      say(`${sold} of ${tickets} tickets sold and stored`);
      rows.push({
        what: `a sale of ${tickets} with ${sold} sold, from its loss to the next 201, s`,
        rounds: await timed(rounds, 'sold again after', say, () => timeToNextSale(installation, port, lost.id)),
      });
      if (audited > 0) {
        const large = await sellAndStore(installation, saleOf('large', { total: audited, ...options }), audited);
        say(`${audited} of ${audited} tickets sold and stored`);
        rows.push({
          what: `audit of ${audited} tickets, all sold, s`,
          rounds: await timed(rounds, 'audited in', say, () => timeAudit(installation, large.id)),
        });
      }
    } finally {
      for (const server of running.reverse()) await server.stop();
      await installation.remove();
    }
    console.table(rows);
  },
});
