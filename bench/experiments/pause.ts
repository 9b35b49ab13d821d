import { setTimeout as delay } from 'node:timers/promises';
import { systemClock } from '../../src/adapters/system/clock.ts';
import { type OpenPorts, openPorts } from '../../src/app/adapters/open-ports.ts';
import { loadConfig } from '../../src/config.ts';
import { poll } from '../../src/resilience/poll.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { ALL_SERVERS } from '../runner/servers.ts';
import { createClusterInstallation } from '../support/cluster-installation.ts';
import { serveFloodgate } from '../support/floodgate.ts';
import { openLoop } from '../support/generators.ts';
import type { OpenLoopReport } from '../support/open-loop.ts';
import { adminTokenOf, createTokens, purchasesOf, wireOf } from '../support/requests.ts';
import { saleOf } from '../support/sale.ts';
import type { ServerProcess } from '../support/serve.ts';
import { experiment, WrongResult } from './experiment.ts';

const SALE = 'paused';
/** More than the fronts sell in the longest run. */
const PLENTY = 5_000_000;
const FRONTS = 2;
/** Load before the first pause, and between two. */
const BETWEEN_MS = 1500;
/** What is promised: no order is reserved later than this after the answer to the pause. */
const PROMISED_MS = 100;
const POLL_MS = 100;
const STORED_WITHIN_MS = 120_000;

/** A pause as the admin saw it, milliseconds since 1970. Queue and admin have the clock of one machine. */
interface Pause {
  readonly tookMs: number;
  readonly answeredAt: number;
  readonly resumedAt: number;
}

async function command(port: number, name: 'pause' | 'resume'): Promise<void> {
  const answer = await fetch(`http://127.0.0.1:${port}/v1/admin/sales/${SALE}/${name}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${adminTokenOf('boss')}` },
  });
  if (answer.status !== 200) throw new WrongResult(`${name} was answered ${answer.status} ${await answer.text()}`);
}

/** Pauses on the fronts in turn, and resumes on the other one. */
async function pauseOnce(ports: readonly number[], round: number, pauseMs: number): Promise<Pause> {
  const from = performance.now();
  await command(ports[round % FRONTS] as number, 'pause');
  const [answeredAt, tookMs] = [Date.now(), performance.now() - from];
  await delay(pauseMs);
  const resumedAt = Date.now();
  await command(ports[(round + 1) % FRONTS] as number, 'resume');
  return { tookMs, answeredAt, resumedAt };
}

/** How long after the answer to the pause its last order was reserved, milliseconds; 0 if none was. */
async function latenessOf({ store }: OpenPorts['ports'], { answeredAt, resumedAt }: Pause): Promise<number> {
  // An order of the answer's own millisecond may have been reserved before it.
  const search = { saleId: SALE, from: answeredAt + 1, to: resumedAt, order: 'newest', limit: 1 } as const;
  const [latest] = await store.search(search);
  return latest === undefined ? 0 : latest.reservedAt - answeredAt;
}

const sumOf = (loads: readonly OpenLoopReport[], pick: (load: OpenLoopReport) => number) =>
  loads.reduce((sum, load) => sum + pick(load), 0);

export const pause = experiment({
  name: 'pause',
  shows: 'pauses of a sale under full load on two fronts: how late the last order is reserved, and that none is lost',
  reason: 'it measures single events, not a rate',
  options: { rounds: 6, pauseMs: 600, connections: 64 },
  servers: () => ALL_SERVERS,
  run: async ({ rounds, pauseMs, connections }, { servers, say }) => {
    const installation = await createClusterInstallation(servers);
    const { env } = installation;
    const { ports, close } = await openPorts(loadConfig(env), createLog({ level: 'silent' }));
    const running: ServerProcess[] = [];
    try {
      await installation.publish(saleOf(SALE, { total: PLENTY }));
      for (const roles of ['worker', 'scheduler', 'front', 'front']) running.push(await serveFloodgate({ env, roles }));
      const fronts = running.filter(({ port }) => port > 0).map(({ port }) => port);
      const wires = purchasesOf(SALE, { tokens: createTokens() }).map(wireOf);
      const seconds = ((rounds + 1) * (BETWEEN_MS + pauseMs)) / 1000;
      const loading = Promise.all(fronts.map((port) => openLoop({ port, connections, seconds, wires })));
      const pauses: Pause[] = [];
      for (let round = 0; round < rounds; round += 1) {
        await delay(BETWEEN_MS);
        pauses.push(await pauseOnce(fronts, round, pauseMs));
      }
      const loads = await loading;
      const accepted = sumOf(loads, (load) => load.accepted.count);
      say(`${accepted} answers 201, ${sumOf(loads, (load) => load.refused.count)} refusals`);

      const stored = await poll(() => installation.stored(SALE), {
        until: (count) => count >= accepted,
        everyMs: POLL_MS,
        forMs: STORED_WITHIN_MS,
        clock: systemClock,
      });
      const rows: Record<string, number>[] = [];
      for (const one of pauses) {
        rows.push({
          'pause answered in, ms': Math.round(one.tookMs),
          'last order after it, ms': await latenessOf(ports, one),
        });
      }
      console.table(rows);
      const sellingMs = seconds * 1000 - pauses.reduce((sum, one) => sum + one.resumedAt - one.answeredAt, 0);
      const latest = Math.max(...rows.map((row) => row['last order after it, ms'] ?? 0));
      console.table([
        {
          'sold/s while on sale': Math.round((accepted * 1000) / sellingMs),
          'answers 201': accepted,
          'orders stored': stored,
          'max lateness, ms': latest,
        },
      ]);
      if (stored < accepted) throw new WrongResult(`${accepted - stored} orders that were answered 201 are not stored`);
      if (latest > PROMISED_MS) throw new WrongResult(`an order was reserved ${latest} ms after a pause was answered`);
    } finally {
      for (const server of running.reverse()) await server.stop();
      await close();
      await installation.remove();
    }
  },
});
