import type { Latency } from '../support/load.ts';
import { median, statsOf } from '../support/statistics.ts';
import { medianUsage } from '../support/usage.ts';
import { commit } from './machine.ts';
import { medianSteps } from './open-loop-steps.ts';
import { type CaseResult, OWN_LOAD } from './report.ts';
import type { Figure, FollowUp, RunningScenario, Sample, Scenario, ScenarioOptions, Verdict } from './scenario.ts';

export interface MeasureOptions extends ScenarioOptions {
  readonly rounds: number;
  /** Whether the scenario's follow-up is measured, too. @default true */
  readonly followUp?: boolean;
  /** Called before each step, with the ratio so far. */
  readonly onStep?: (step: string) => void;
}

/** Servers are measured once their code is compiled. Kafka's JVM takes longest: seconds of load. */
export const WARM_UP_SECONDS = 8;
/** Enough for a median. With one for each round they would take longer than the rounds. */
const FOLLOW_UPS = 3;
/** A ceiling has hardly any code to compile. */
const CEILING_WARM_UP_SECONDS = 2;

/** Alternates rounds of ceiling and scenario, so that other activity on the machine affects both. */
export async function measure(scenario: Scenario, options: MeasureOptions): Promise<CaseResult> {
  const { rounds, seconds, onStep = () => {} } = options;
  onStep('opening');
  const running = await scenario.open(options);
  try {
    onStep('warm-up');
    await running.ceiling(CEILING_WARM_UP_SECONDS);
    await running.subject(WARM_UP_SECONDS);
    const samples: Round[] = [];
    for (let round = 1; round <= rounds; round += 1) {
      onStep(`round ${round} of ${rounds}${ratioSoFar(samples)}`);
      const ceiling = await running.ceiling(seconds);
      samples.push({ ceiling, subject: await running.subject(seconds) });
    }
    const followUps = await followUpsOf(running, options, samples);
    onStep('checking');
    return resultOf(scenario, options, { samples, followUps, verdicts: await running.check() });
  } finally {
    await running.close();
  }
}

interface Round {
  readonly ceiling: Sample;
  readonly subject: Sample;
}

interface Measured {
  readonly samples: readonly Round[];
  readonly followUps: readonly FollowUp[];
  readonly verdicts: readonly Verdict[];
}

const ratioOf = ({ ceiling, subject }: Round) => (ceiling.perSecond > 0 ? subject.perSecond / ceiling.perSecond : 0);

function ratioSoFar(samples: readonly Round[]): string {
  return samples.length === 0 ? '' : `, ratio ${median(samples.map(ratioOf)).toFixed(3)}`;
}

async function followUpsOf(
  running: RunningScenario,
  { rounds, followUp = true, onStep = () => {} }: MeasureOptions,
  samples: readonly Round[],
): Promise<readonly FollowUp[]> {
  const rate = median(samples.map(({ subject }) => subject.perSecond));
  const followUps: FollowUp[] = [];
  const count = followUp ? Math.min(rounds, FOLLOW_UPS) : 0;
  for (let round = 1; running.followUp !== undefined && round <= count; round += 1) {
    onStep(`follow-up ${round} of ${count}`);
    followUps.push(await running.followUp(rate));
  }
  return followUps;
}

function resultOf(
  scenario: Scenario,
  { connections, client, rounds, seconds }: MeasureOptions,
  { samples, followUps, verdicts }: Measured,
): CaseResult {
  const subjects = samples.map(({ subject }) => subject);
  const target = scenario.target?.(connections, client);
  const latency = medianLatency(subjects);
  const moments = subjects.at(-1)?.moments;
  const openLoop = medianSteps(followUps.flatMap((one) => (one.openLoop === undefined ? [] : [one.openLoop])));
  const usage = medianUsage(subjects.flatMap((one) => one.usage ?? []));
  return {
    scenario: scenario.name,
    on: scenario.on,
    unit: scenario.unit,
    shows: scenario.shows,
    ceilingName: scenario.ceiling,
    connections,
    client: scenario.ownLoad ? OWN_LOAD : client,
    rounds,
    seconds,
    date: new Date().toISOString(),
    commit: commit(),
    ceiling: statsOf(samples.map(({ ceiling }) => ceiling.perSecond)),
    rate: statsOf(subjects.map(({ perSecond }) => perSecond)),
    ratio: statsOf(samples.map(ratioOf)),
    figures: [...extraFigures(subjects, scenario.atMost?.(client) ?? {}), ...followUpFigures(followUps)],
    verdicts,
    disturbed: samples.flatMap((sample, n) => disturbance(n, sample, followUps[n])),
    ...(latency === undefined ? {} : { latency }),
    ...(target === undefined ? {} : { target }),
    ...(moments === undefined ? {} : { moments }),
    ...(openLoop.length === 0 ? {} : { openLoop }),
    ...(usage === undefined ? {} : { usage }),
  };
}

function medianLatency(samples: readonly Sample[]): Latency | undefined {
  const all = samples.flatMap(({ latency }) => (latency === undefined ? [] : [latency]));
  if (all.length === 0) return undefined;
  const medianOf = (pick: (latency: Latency) => number) => median(all.map(pick));
  return {
    p50Ms: medianOf((one) => one.p50Ms),
    p90Ms: medianOf((one) => one.p90Ms),
    p99Ms: medianOf((one) => one.p99Ms),
  };
}

function extraFigures(samples: readonly Sample[], limits: Readonly<Record<string, number>>): Figure[] {
  const names = new Set(samples.flatMap(({ extra = {} }) => Object.keys(extra)));
  return Array.from(names, (name) => {
    const value = median(samples.map(({ extra }) => extra?.[name] ?? Number.NaN));
    const atMost = limits[name];
    return { name, value, ...(atMost === undefined ? {} : { atMost }) };
  });
}

/** Every follow-up has the names and limits of the first. */
function followUpFigures(followUps: readonly FollowUp[]): readonly Figure[] {
  const valuesOf = (wanted: string) =>
    followUps.map(({ figures }) => figures.find(({ name }) => name === wanted)?.value ?? Number.NaN);
  return (followUps[0]?.figures ?? []).map((figure) => ({ ...figure, value: median(valuesOf(figure.name)) }));
}

function disturbance(n: number, { ceiling, subject }: Round, followUp?: FollowUp): string[] {
  const parts = [
    ...unexpected('the ceiling', ceiling),
    ...unexpected('the scenario', subject),
    ...unexpected('the follow-up', followUp ?? {}),
  ];
  return parts.length === 0 ? [] : [`round ${n + 1}: ${parts.join('; ')}`];
}

function unexpected(source: string, { broken = 0, other = 0 }: Pick<Sample, 'broken' | 'other'>): string[] {
  return [
    ...(broken > 0 ? [`${source} had ${broken} broken`] : []),
    ...(other > 0 ? [`${source} had ${other} answers of another kind`] : []),
  ];
}
