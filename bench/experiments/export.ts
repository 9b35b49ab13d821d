import { systemClock } from '../../src/adapters/system/clock.ts';
import { openPorts } from '../../src/app/adapters/open-ports.ts';
import { loadConfig } from '../../src/config.ts';
import { poll } from '../../src/resilience/poll.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { ALL_SERVERS } from '../runner/servers.ts';
import { createClusterInstallation } from '../support/cluster-installation.ts';
import { createEmbeddedInstallation } from '../support/embedded-installation.ts';
import { type ExportReader, openExport } from '../support/export-reader.ts';
import { serveFloodgate } from '../support/floodgate.ts';
import type { Installation } from '../support/installation.ts';
import { acceptedPerSecond, CLIENTS, load } from '../support/load.ts';
import { createTokens, purchasesOf } from '../support/requests.ts';
import { saleOf } from '../support/sale.ts';
import { sellDirectly } from '../support/sell-directly.ts';
import type { ServerProcess } from '../support/serve.ts';
import { median } from '../support/statistics.ts';
import { experiment, WrongResult } from './experiment.ts';

const EXPORTED = 'exported';
const SOLD = 'sold-meanwhile';
/** More than is sold meanwhile. */
const PLENTY = 10_000_000;
/** Longer than the run, so that no order expires during it. */
const PAY_WITHIN_SECONDS = 86_400;
const WARM_UP_SECONDS = 10;
const SAMPLE_EVERY_MS = 200;
const STORED_POLL_MS = 500;
const MAX_GROWTH_MB = 50;
const LEAST_SHARE = 0.9;

/** Sells the orders that are to be exported, past the fronts. */
async function sell({ env, publish }: Installation, orders: number): Promise<void> {
  const sale = await publish(saleOf(EXPORTED, { total: orders, payWithinSeconds: PAY_WITHIN_SECONDS }));
  const { ports, close } = await openPorts(loadConfig(env), createLog({ level: 'silent' }));
  try {
    await sellDirectly(ports, sale, orders);
  } finally {
    await close();
  }
}

/** The server's resident memory, sampled until `stop`, which resolves with the greatest value, MB. */
function watchMemory({ memoryMb }: ServerProcess) {
  let most = 0;
  let sampling: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    sampling = memoryMb().then((mb) => {
      most = Math.max(most, mb);
    });
  }, SAMPLE_EVERY_MS);
  return {
    stop: async () => {
      clearInterval(timer);
      await sampling;
      return most;
    },
  };
}

interface Round {
  readonly without: number;
  readonly with: number;
  readonly mbWithout: number;
  readonly mbWith: number;
  /** Orders a second. */
  readonly exported: number;
}

/** A round without the export, whose server waits for its reader, and one with it; every second time in the other order. */
async function runRound(
  reader: ExportReader,
  turn: number,
  measure: () => Promise<{ rate: number; mb: number }>,
): Promise<Round> {
  const without = async () => {
    reader.hold();
    return measure();
  };
  const withExport = async () => {
    const [before, from] = [reader.orders(), performance.now()];
    reader.read();
    const result = await measure();
    reader.hold();
    return { ...result, exported: ((reader.orders() - before) * 1000) / (performance.now() - from) };
  };
  const first = turn % 2 === 0 ? await without() : undefined;
  const beside = await withExport();
  const alone = first ?? (await without());
  return { without: alone.rate, with: beside.rate, mbWithout: alone.mb, mbWith: beside.mb, exported: beside.exported };
}

export const orderExport = experiment({
  name: 'export',
  shows:
    'a million orders exported as CSV while another sale sells at full rate: memory, and the share of its rate that is left',
  reason: 'its rounds compare two states of one server, not a server with a ceiling',
  options: { on: ['embedded', 'cluster'], orders: 1_000_000, rounds: 5, seconds: 5, connections: 128, client: CLIENTS },
  servers: ({ on }) => (on === 'cluster' ? ALL_SERVERS : []),
  run: async ({ on, orders, rounds, seconds, connections, client }, { servers, say }) => {
    const onCluster = on === 'cluster';
    const installation = onCluster ? await createClusterInstallation(servers) : await createEmbeddedInstallation();
    const { env } = installation;
    const running: ServerProcess[] = [];
    try {
      await sell(installation, orders);
      await installation.publish(saleOf(SOLD, { total: PLENTY, payWithinSeconds: PAY_WITHIN_SECONDS }));
      for (const roles of onCluster ? ['worker', 'scheduler', 'front'] : ['all']) {
        running.push(await serveFloodgate({ env, roles }));
      }
      const server = running.at(-1) as ServerProcess;
      const { port } = server;
      await poll(() => installation.stored(EXPORTED), {
        until: (stored) => stored >= orders,
        everyMs: STORED_POLL_MS,
        clock: systemClock,
      });
      say(`${orders} orders stored`);

      const requests = purchasesOf(SOLD, { tokens: createTokens() });
      const measure = async (forSeconds = seconds) => {
        const memory = watchMemory(server);
        const result = await load(client, { port, connections, seconds: forSeconds, requests });
        return { rate: acceptedPerSecond(result), mb: await memory.stop() };
      };
      const { mb: before } = await measure(WARM_UP_SECONDS);
      const reader = await openExport(port, EXPORTED);
      const done: Round[] = [];
      for (let turn = 0; turn < rounds; turn += 1) {
        const round = await runRound(reader, turn, measure);
        say(
          `round ${turn + 1}: ${Math.round(round.with)} sold/s with the export, ${Math.round(round.without)} without`,
        );
        done.push(round);
      }
      const [memory, from, readBefore] = [watchMemory(server), performance.now(), reader.orders()];
      reader.read();
      await reader.ended;
      const restPerSecond = ((reader.orders() - readBefore) * 1000) / (performance.now() - from);
      const most = Math.max(await memory.stop(), ...done.map(({ mbWith }) => mbWith));
      const share = median(done.map((round) => round.with / round.without));
      console.table([
        {
          on,
          'sold/s without': Math.round(median(done.map((round) => round.without))),
          'sold/s with': Math.round(median(done.map((round) => round.with))),
          'share left': Number(share.toFixed(3)),
          'exported/s beside the sale': Math.round(median(done.map(({ exported }) => exported))),
          'exported/s alone': Math.round(restPerSecond),
          'MB before, most': `${before.toFixed(0)}, ${most.toFixed(0)}`,
          'growth, MB': Number((most - before).toFixed(1)),
          'growth without the export, MB': Number(
            (Math.max(...done.map(({ mbWithout }) => mbWithout)) - before).toFixed(1),
          ),
        },
      ]);
      if (reader.orders() !== orders) throw new WrongResult(`${reader.orders()} of ${orders} orders were exported`);
      if (most - before >= MAX_GROWTH_MB) throw new WrongResult(`memory grew by ${(most - before).toFixed(1)} MB`);
      if (share < LEAST_SHARE) throw new WrongResult(`beside the export the sale has ${share.toFixed(3)} of its rate`);
    } finally {
      for (const server of running.reverse()) await server.stop();
      await installation.remove();
    }
  },
});
