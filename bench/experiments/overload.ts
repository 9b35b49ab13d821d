import { writeFile } from 'node:fs/promises';
import { ALL_SERVERS } from '../runner/servers.ts';
import { openTestbed, type Testbed } from '../scenarios/parts/testbed.ts';
import { openLoop } from '../support/generators.ts';
import { metricsOf } from '../support/metrics.ts';
import type { OpenLoopReport, Percentiles } from '../support/open-loop.ts';
import { purchasesOf, wireOf } from '../support/requests.ts';
import { ticketsFor } from '../support/sale.ts';
import { GET_WRK, wrkVersion } from '../support/wrk.ts';
import { experiment } from './experiment.ts';
import { measureFlood } from './flood.ts';
import { overloadChart } from './overload-chart.ts';
import { floodTexts, type Outcome, overloadTexts } from './overload-targets.ts';

/** Of a cluster. */
const WORKERS = 2;
const MULTIPLES = [1, 2, 5, 10];
/** As many as the front caches tokens for. With fewer buyers each would soon hold dozens of tickets, which is unrealistic. */
const BUYERS = 50_000;
const WARM_UP_SECONDS = 3;
const CAPACITY_SECONDS = 4;
/** Enough for full batches without refusals: a refused client that retries at once would be load, not capacity. */
const CAPACITY_CONNECTIONS = 256;
/** The normal load, as a share of the capacity: no queue, no refusals. */
const NORMAL_SHARE = 0.5;
const NORMAL_SECONDS = 5;
/** The front has recovered once a second's p99 is at most so many times that before the overload. */
const NORMAL_RATIO = 2;

class Overload {
  constructor(
    private readonly testbed: Testbed,
    /** Of open loops. */
    private readonly connections: number,
  ) {}

  /**
   * An open loop at the rate, or a closed loop without one. Each load has its own sale: buyers who hold many tickets of an
   * earlier load would slow a later one.
   */
  async load(seconds: number, perSecond?: number): Promise<OpenLoopReport> {
    const { port, tokens } = this.testbed;
    const saleId = await this.testbed.openSale(ticketsFor(seconds));
    return openLoop({
      port,
      connections: perSecond === undefined ? CAPACITY_CONNECTIONS : this.connections,
      seconds,
      wires: purchasesOf(saleId, { tokens, buyers: BUYERS }).map(wireOf),
      ...(perSecond === undefined ? {} : { perSecond }),
    });
  }

  async step(multiple: number, capacity: number, seconds: number): Promise<Step> {
    await this.#eventLoopP99Ms();
    const report = await this.load(seconds, capacity * multiple);
    return { multiple, report, loopP99Ms: await this.#eventLoopP99Ms() };
  }

  /** Since the last reading, which resets the gauge. */
  async #eventLoopP99Ms(): Promise<number> {
    const metrics = await metricsOf(this.testbed.port);
    return Number(/^nodejs_eventloop_lag_p99_seconds (\S+)$/m.exec(metrics)?.[1] ?? Number.NaN) * 1000;
  }
}

interface Step {
  readonly multiple: number;
  readonly report: OpenLoopReport;
  readonly loopP99Ms: number;
}

/** Since the request was sent: with all connections busy, the rest waits in the generator and is counted as unsent. */
const latencies = ({ sentP50Ms, sentP99Ms }: Percentiles) => `${sentP50Ms.toFixed(1)}, ${sentP99Ms.toFixed(1)}`;

function rowOf({ multiple, report, loopP99Ms }: Step) {
  const { accepted, refused, due, seconds } = report;
  return {
    load: `${multiple} times`,
    'due/s': Math.round(due / seconds),
    'answered/s': Math.round((accepted.count + refused.count) / seconds),
    'sold/s': Math.round(accepted.count / seconds),
    'accepted p50, p99, ms': latencies(accepted),
    'refused p50, p99, ms': latencies(refused),
    'event loop p99, ms': loopP99Ms.toFixed(1),
    'generator late, ms': report.lateMs.toFixed(0),
    'generator busy': report.generator.busy.toFixed(2),
    unsent: report.unsent,
    broken: report.broken,
  };
}

const outcomeOf = ({ accepted, refused, seconds, generator }: OpenLoopReport): Omit<Outcome, 'multiple'> => ({
  soldPerSecond: accepted.count / seconds,
  refused: refused.count,
  refusedP99Ms: refused.sentP99Ms,
  generatorBusy: generator.busy,
});

/** When a normal load is served as before the overload. */
function recoveryText({ bySecond }: OpenLoopReport, normalP99Ms: number): string {
  const second = bySecond.findIndex(
    ({ accepted, refused }) => refused.count === 0 && accepted.p99Ms <= normalP99Ms * NORMAL_RATIO,
  );
  const when = second < 0 ? `not within ${NORMAL_SECONDS} s` : `in second ${second + 1}`;
  return `recovered ${when}; p99 by second ${bySecond.map(({ accepted }) => accepted.p99Ms.toFixed(1))} ms`;
}

function chartOf(steps: readonly Step[], capacity: number): string {
  const columns = steps.map(({ multiple, report }) => ({
    label: `${multiple}x`,
    goodput: report.accepted.count / report.seconds,
    p99AcceptedMs: report.accepted.sentP99Ms,
    p99RefusedMs: report.refused.sentP99Ms,
  }));
  const seconds = steps[0]?.report.seconds ?? 0;
  const note = `Capacity ${Math.round(capacity)}/s. Generator, front and store share the cores. ${seconds} s a step.`;
  return overloadChart(columns, note);
}

async function runSteps(
  overload: Overload,
  { seconds, givenCapacity }: { readonly seconds: number; readonly givenCapacity: number },
  say: (line: string) => void,
): Promise<{ readonly steps: readonly Step[]; readonly capacity: number }> {
  await overload.load(WARM_UP_SECONDS);
  const closed = await overload.load(CAPACITY_SECONDS);
  const capacity = givenCapacity > 0 ? givenCapacity : closed.accepted.count / CAPACITY_SECONDS;
  say(`capacity ${Math.round(capacity)}/s, p99 ${closed.accepted.p99Ms.toFixed(0)} ms with all connections busy`);
  const normal = await overload.load(NORMAL_SECONDS, capacity * NORMAL_SHARE);
  say(`normal: ${Math.round(capacity * NORMAL_SHARE)}/s, p99 ${normal.accepted.p99Ms.toFixed(1)} ms`);
  const steps: Step[] = [];
  for (const multiple of MULTIPLES) {
    const step = await overload.step(multiple, capacity, seconds);
    steps.push(step);
    const { accepted, refused, unsent } = step.report;
    say(`${multiple} times: ${accepted.count} accepted, ${refused.count} refused, ${unsent} unsent`);
  }
  const after = await overload.load(NORMAL_SECONDS, capacity * NORMAL_SHARE);
  console.table(steps.map(rowOf));
  console.log(recoveryText(after, normal.accepted.p99Ms));
  const measured = steps.map(({ multiple, report }) => ({ multiple, ...outcomeOf(report) }));
  for (const line of overloadTexts(measured, closed.accepted.count / CAPACITY_SECONDS)) console.log(line);
  return { steps, capacity };
}

export const overload = experiment({
  name: 'overload',
  shows: 'a front at 1, 2, 5 and 10 times its capacity, open loop on 10,000 connections: sales, latencies, recovery',
  reason: 'its rates are multiples of a measured capacity, and its result is a curve',
  // A capacity of 0 is measured first, by a closed loop.
  options: { on: ['embedded', 'cluster'], seconds: 30, connections: 10_000, capacity: 0, svg: '' },
  servers: ({ on }) => (on === 'cluster' ? ALL_SERVERS : []),
  run: async ({ on, seconds, connections, capacity: givenCapacity, svg }, { servers, say }) => {
    const testbed = await openTestbed({ on, workers: WORKERS }, { servers });
    try {
      const load = new Overload(testbed, connections);
      const { steps, capacity } = await runSteps(load, { seconds, givenCapacity }, say);
      if (wrkVersion() === undefined) console.log(`no flood by wrk, which is not installed: ${GET_WRK}`);
      else for (const line of floodTexts(await measureFlood(testbed, { connections, seconds }))) console.log(line);
      if (svg !== '') await writeFile(svg, chartOf(steps, capacity));
    } finally {
      await testbed.close();
    }
  },
});
