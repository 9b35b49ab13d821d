/**
 * The embedded front at 1, 2, 5 and 10 times its capacity, open loop: what it sells, and how long who gets a yes and who
 * gets a no waits for it.
 *
 *   npm run build && node dist/bench/overload.js [--seconds 30] [--connections 2000] [--capacity n] [--svg file]
 *
 * The capacity is measured first, unless it is given, by connections that each send as soon as they have their answer.
 * PURCHASE_… of the environment is passed on. What is due while all connections wait for answers stays unsent, and is told:
 * the generator shares the cores with the server, and neither could carry ten times the capacity. After the greatest load
 * comes half the capacity, second by second, until it is served as it was before.
 */
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { createEmbeddedInstallation } from './support/embedded-installation.ts';
import { metricsOf } from './support/metrics.ts';
import { openLoad } from './support/open-load.ts';
import type { LoadReport, Percentiles } from './support/open-loop.ts';
import { overloadChart } from './support/overload-chart.ts';
import { MAIN } from './support/programs.ts';
import { createTokens, purchasesOf, wireOf } from './support/requests.ts';
import { saleOf } from './support/sale.ts';
import { serve } from './support/serve.ts';
import { tuning } from './support/tuning.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '30' },
    connections: { type: 'string', default: '2000' },
    capacity: { type: 'string' },
    svg: { type: 'string' },
  },
});
const seconds = Number(values.seconds);
const connections = Number(values.connections);

const MULTIPLES = [1, 2, 5, 10];
/** As many as the front remembers the tokens of: with fewer each would soon hold dozens of tickets, which nobody does. */
const BUYERS = 50_000;
const MANY = 100_000_000;
const WARM_UP_SECONDS = 3;
const CAPACITY_SECONDS = 4;
/** Enough for full batches, and few enough that none is refused: who is refused and comes back at once is load, not capacity. */
const CAPACITY_CONNECTIONS = 256;
/** Half the capacity is what "normal" means: no queue, no refusals. */
const NORMAL_SHARE = 0.5;
const NORMAL_SECONDS = 5;
/** A second is normal again when its p99 is at most so many times that before the load. */
const NORMAL_RATIO = 2;

const installation = await createEmbeddedInstallation();
/** A sale of its own for each load: what the buyers hold by the end of one would slow the next one down. */
const LOADS = ['warm-up', 'capacity', 'normal', ...MULTIPLES.map((multiple) => `${multiple}-times`), 'after'] as const;
for (const id of LOADS) await installation.publish(saleOf(id, { total: MANY }));

const tokens = createTokens();
const env = { ...tuning(), ...installation.env, PORT: '0' };
const floodgate = await serve(MAIN, { args: ['serve'], env });

/** Open loop with a rate, else closed loop. */
function load(sale: string, secondsOfIt: number, perSecond?: number): Promise<LoadReport> {
  return openLoad({
    port: floodgate.port,
    connections: perSecond === undefined ? CAPACITY_CONNECTIONS : connections,
    seconds: secondsOfIt,
    wires: purchasesOf(sale, { tokens, buyers: BUYERS }).map(wireOf),
    ...(perSecond === undefined ? {} : { perSecond }),
  });
}

/** Since it was last asked: the gauge begins anew with each reading. */
async function eventLoopP99Ms(): Promise<number> {
  const metrics = await metricsOf(floodgate.port);
  return Number(/^nodejs_eventloop_lag_p99_seconds (\S+)$/m.exec(metrics)?.[1] ?? Number.NaN) * 1000;
}

const say = (line: string) => process.stderr.write(`${line}\n`);

await load('warm-up', WARM_UP_SECONDS);
const closed = await load('capacity', CAPACITY_SECONDS);
const capacity = Number(values.capacity ?? closed.accepted.count / CAPACITY_SECONDS);
say(`capacity ${Math.round(capacity)}/s, p99 ${closed.accepted.p99Ms.toFixed(0)} ms with all connections busy`);

const normal = await load('normal', NORMAL_SECONDS, capacity * NORMAL_SHARE);
const normalP99Ms = normal.accepted.p99Ms;
say(`normal: ${Math.round(capacity * NORMAL_SHARE)}/s, p99 ${normalP99Ms.toFixed(1)} ms`);

const rows: { multiple: number; report: LoadReport; lagMs: number }[] = [];
for (const multiple of MULTIPLES) {
  await eventLoopP99Ms();
  const report = await load(`${multiple}-times`, seconds, capacity * multiple);
  rows.push({ multiple, report, lagMs: await eventLoopP99Ms() });
  say(`${multiple} times: ${report.accepted.count} accepted, ${report.refused.count} refused, ${report.unsent} unsent`);
}
const after = await load('after', NORMAL_SECONDS, capacity * NORMAL_SHARE);
const normalAgain = after.bySecond.findIndex(
  ({ accepted, refused }) => refused.count === 0 && accepted.p99Ms <= normalP99Ms * NORMAL_RATIO,
);

/** From when they were sent: with all connections busy the rest of what is due waits in the generator, and shows as unsent. */
const latencies = ({ sentP50Ms, sentP99Ms }: Percentiles) => `${sentP50Ms.toFixed(1)}, ${sentP99Ms.toFixed(1)}`;
const answered = ({ accepted, refused }: LoadReport) => accepted.count + refused.count;
console.table(
  rows.map(({ multiple, report, lagMs }) => ({
    load: `${multiple} times`,
    'due/s': Math.round(report.due / seconds),
    'answered/s': Math.round(answered(report) / seconds),
    'sold/s': Math.round(report.accepted.count / seconds),
    'accepted p50, p99 ms': latencies(report.accepted),
    'refused p50, p99 ms': latencies(report.refused),
    'loop p99 ms': lagMs.toFixed(1),
    'generator late ms': report.lateMs.toFixed(0),
    unsent: report.unsent,
    broken: report.broken,
  })),
);
const again = normalAgain < 0 ? `not within ${NORMAL_SECONDS} s` : `in second ${normalAgain + 1}`;
console.log(
  `normal again ${again}; p99 by second ${after.bySecond.map(({ accepted }) => accepted.p99Ms.toFixed(1))} ms`,
);

if (values.svg !== undefined) {
  const steps = rows.map(({ multiple, report }) => ({
    label: `${multiple}x`,
    goodput: report.accepted.count / seconds,
    p99AcceptedMs: report.accepted.sentP99Ms,
    p99RefusedMs: report.refused.sentP99Ms,
  }));
  const note = `Capacity ${Math.round(capacity)}/s. Generator, front and store share two cores. ${seconds} s a step.`;
  await writeFile(values.svg, overloadChart(steps, note));
}

await floodgate.stop();
await installation.remove();
