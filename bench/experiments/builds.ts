import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { UsageError } from '../runner/options.ts';
import { ROOT } from '../runner/paths.ts';
import { ALL_SERVERS } from '../runner/servers.ts';
import { acceptedPerSecond, type ClientName, load } from '../support/load.ts';
import { purchasesOf } from '../support/requests.ts';
import { ticketsFor } from '../support/sale.ts';
import { median } from '../support/statistics.ts';
import { medianUsage, type Usage } from '../support/usage.ts';
import { experiment } from './experiment.ts';

type TestbedModule = typeof import('../scenarios/parts/testbed.ts');
type Testbed = Awaited<ReturnType<TestbedModule['openTestbed']>>;

const WORKERS = 2;

interface Turn {
  readonly perSecond: number;
  /** Of an order, settlement included. */
  readonly usage: Usage;
}

/** The testbed of a build, with that build's processes. Errors: {@link UsageError} if there is none. */
async function testbedOf(folder: string): Promise<TestbedModule> {
  const file = join(resolve(folder), 'dist/bench/scenarios/parts/testbed.js');
  try {
    return (await import(pathToFileURL(file).href)) as TestbedModule;
  } catch (cause) {
    throw new UsageError(`--against is the folder of a build with its own node_modules: no ${file}`, { cause });
  }
}

/** One load on a sale of its own, until its last order is stored. */
async function sell(
  testbed: Testbed,
  { client, connections, seconds }: { client: ClientName; connections: number; seconds: number },
): Promise<Turn> {
  const saleId = await testbed.openSale(ticketsFor(seconds));
  const requests = purchasesOf(saleId, { tokens: testbed.tokens });
  const { result, usage } = await testbed.metered(
    async () => {
      const sold = await load(client, { port: testbed.port, connections, seconds, requests });
      await testbed.caughtUp({ sales: [saleId], accepted: sold.accepted });
      return sold;
    },
    ({ accepted }) => accepted,
  );
  return { perSecond: acceptedPerSecond(result), usage };
}

/** The median of the rounds' ratios: what disturbs both turns of a round cancels. */
const ratioOf = (rounds: readonly (readonly [Turn, Turn])[], pick: (turn: Turn) => number): number =>
  Number(median(rounds.map(([other, own]) => pick(own) / pick(other))).toFixed(3));

const medianOf = (turns: readonly Turn[], pick: (turn: Turn) => number): number =>
  Number(median(turns.map(pick)).toPrecision(4));

/** Microseconds an order. */
function cpuByProcess(others: readonly Turn[], owns: readonly Turn[]): object {
  const [other, own] = [others, owns].map((turns) => medianUsage(turns.map(({ usage }) => usage))?.cpuUs ?? {});
  return Object.fromEntries(
    Object.keys(own ?? {}).map((name) => [
      name,
      { other: Number(other?.[name]?.toPrecision(3)), this: Number(own?.[name]?.toPrecision(3)) },
    ]),
  );
}

export const builds = experiment({
  name: 'builds',
  shows: 'this build and another one in turns, a few seconds each: sold/s and CPU an order',
  reason: 'its ceiling is another build, not a simpler program',
  options: {
    against: '',
    on: ['embedded', 'cluster'],
    connections: 128,
    rounds: 10,
    seconds: 2,
    client: ['wrk', 'autocannon'],
  },
  servers: ({ on }) => (on === 'cluster' ? ALL_SERVERS : []),
  run: async ({ against, on, rounds, ...options }, { servers, say }) => {
    if (against === '') throw new UsageError('--against is the folder of the other build');
    const testbeds: Testbed[] = [];
    try {
      // In this order throughout: the other one, then this one.
      for (const folder of [against, ROOT]) {
        const { openTestbed } = await testbedOf(folder);
        testbeds.push(await openTestbed({ on, workers: WORKERS, scheduler: true }, { servers }));
      }
      const [other, own] = testbeds as [Testbed, Testbed];
      const measured: (readonly [Turn, Turn])[] = [];
      // The first round is the warm-up.
      for (let round = 0; round <= rounds; round += 1) {
        const ownFirst = round % 2 === 1 ? await sell(own, options) : undefined;
        const both = [await sell(other, options), ownFirst ?? (await sell(own, options))] as const;
        if (round === 0) continue;
        say(`round ${round}: ${both.map(({ perSecond }) => Math.round(perSecond)).join(', ')} sold/s`);
        measured.push(both);
      }
      const perSecond = (turn: Turn) => turn.perSecond;
      const cpuUs = ({ usage }: Turn) => usage.totalCpuUs;
      const [others, owns] = [measured.map(([turn]) => turn), measured.map(([, turn]) => turn)];
      console.table([
        {
          on,
          connections: options.connections,
          'sold/s of the other': medianOf(others, perSecond),
          'sold/s': medianOf(owns, perSecond),
          'rate, this to the other': ratioOf(measured, perSecond),
          'CPU an order of the other, us': medianOf(others, cpuUs),
          'CPU an order, us': medianOf(owns, cpuUs),
          'CPU, this to the other': ratioOf(measured, cpuUs),
        },
      ]);
      console.table(cpuByProcess(others, owns));
    } finally {
      for (const testbed of testbeds.reverse()) await testbed.close();
    }
  },
});
