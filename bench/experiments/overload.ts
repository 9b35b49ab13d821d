import { writeFile } from 'node:fs/promises';
import { createEmbeddedInstallation } from '../support/embedded-installation.ts';
import { serveFloodgate } from '../support/floodgate.ts';
import { openLoop } from '../support/generators.ts';
import { metricsOf } from '../support/metrics.ts';
import type { OpenLoopReport, Percentiles } from '../support/open-loop.ts';
import { createTokens, purchasesOf, wireOf } from '../support/requests.ts';
import { saleOf } from '../support/sale.ts';
import { experiment } from './experiment.ts';
import { overloadChart } from './overload-chart.ts';

const MULTIPLES = [1, 2, 5, 10];
/** As many as the front caches tokens for. With fewer buyers each would soon hold dozens of tickets, which is unrealistic. */
const BUYERS = 50_000;
const PLENTY = 100_000_000;
const WARM_UP_SECONDS = 3;
const CAPACITY_SECONDS = 4;
/** Enough for full batches without refusals: a refused client that retries at once would be load, not capacity. */
const CAPACITY_CONNECTIONS = 256;
/** The normal load, as a share of the capacity: no queue, no refusals. */
const NORMAL_SHARE = 0.5;
const NORMAL_SECONDS = 5;
/** The front has recovered once a second's p99 is at most so many times that before the overload. */
const NORMAL_RATIO = 2;

/** Each load has its own sale: buyers who hold many tickets of an earlier load would slow a later one. */
const LOADS = ['warm-up', 'capacity', 'normal', ...MULTIPLES.map((multiple) => `${multiple}-times`), 'after'] as const;

interface LoadOptions {
  readonly port: number;
  /** Of open loops. */
  readonly connections: number;
}

class Overload {
  readonly #tokens = createTokens();

  constructor(private readonly options: LoadOptions) {}

  /** An open loop at the rate, or a closed loop without one. */
  load(saleId: string, seconds: number, perSecond?: number): Promise<OpenLoopReport> {
    const { port, connections } = this.options;
    return openLoop({
      port,
      connections: perSecond === undefined ? CAPACITY_CONNECTIONS : connections,
      seconds,
      wires: purchasesOf(saleId, { tokens: this.#tokens, buyers: BUYERS }).map(wireOf),
      ...(perSecond === undefined ? {} : { perSecond }),
    });
  }

  async step(multiple: number, capacity: number, seconds: number): Promise<Step> {
    await this.#eventLoopP99Ms();
    const report = await this.load(`${multiple}-times`, seconds, capacity * multiple);
    return { multiple, report, loopP99Ms: await this.#eventLoopP99Ms() };
  }

  /** Since the last reading, which resets the gauge. */
  async #eventLoopP99Ms(): Promise<number> {
    const metrics = await metricsOf(this.options.port);
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
    unsent: report.unsent,
    broken: report.broken,
  };
}

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
  await overload.load('warm-up', WARM_UP_SECONDS);
  const closed = await overload.load('capacity', CAPACITY_SECONDS);
  const capacity = givenCapacity > 0 ? givenCapacity : closed.accepted.count / CAPACITY_SECONDS;
  say(`capacity ${Math.round(capacity)}/s, p99 ${closed.accepted.p99Ms.toFixed(0)} ms with all connections busy`);
  const normal = await overload.load('normal', NORMAL_SECONDS, capacity * NORMAL_SHARE);
  say(`normal: ${Math.round(capacity * NORMAL_SHARE)}/s, p99 ${normal.accepted.p99Ms.toFixed(1)} ms`);
  const steps: Step[] = [];
  for (const multiple of MULTIPLES) {
    const step = await overload.step(multiple, capacity, seconds);
    steps.push(step);
    const { accepted, refused, unsent } = step.report;
    say(`${multiple} times: ${accepted.count} accepted, ${refused.count} refused, ${unsent} unsent`);
  }
  const after = await overload.load('after', NORMAL_SECONDS, capacity * NORMAL_SHARE);
  console.table(steps.map(rowOf));
  console.log(recoveryText(after, normal.accepted.p99Ms));
  return { steps, capacity };
}

export const overload = experiment({
  name: 'overload',
  shows: 'an embedded front at 1, 2, 5 and 10 times its capacity, open loop: sales, latencies, recovery',
  reason: 'its rates are multiples of a measured capacity, and its result is a curve',
  // A capacity of 0 is measured first, by a closed loop.
  options: { seconds: 30, connections: 2000, capacity: 0, svg: '' },
  run: async ({ seconds, connections, capacity: givenCapacity, svg }, { say }) => {
    const installation = await createEmbeddedInstallation();
    for (const id of LOADS) await installation.publish(saleOf(id, { total: PLENTY }));
    const front = await serveFloodgate({ env: installation.env });
    try {
      const load = new Overload({ port: front.port, connections });
      const { steps, capacity } = await runSteps(load, { seconds, givenCapacity }, say);
      if (svg !== '') await writeFile(svg, chartOf(steps, capacity));
    } finally {
      await front.stop();
      await installation.remove();
    }
  },
});
