import type { Latency } from '../support/load.ts';
import { median, spreadOf } from '../support/spread.ts';
import { commit } from './machine.ts';
import type { CaseResult } from './report.ts';
import type { Beside, Figure, Sample, Scenario, Setting, Stage, Verdict } from './scenario.ts';

export interface Measure extends Setting {
  readonly rounds: number;
  /** Told before each step, and how it went so far. */
  readonly onStep?: (step: string) => void;
}

/** Servers are measured when their code is compiled. Kafka's machine takes longest: seconds of load. */
export const WARM_UP_SECONDS = 8;
/** It has hardly any code. */
const CEILING_WARM_UP_SECONDS = 2;

/** Rounds of ceiling and scenario in turn, so that what else the machine does meets both. */
export async function measure(scenario: Scenario, options: Measure): Promise<CaseResult> {
  const { rounds, seconds, onStep = () => {} } = options;
  onStep('opening');
  const stage = await scenario.open(options);
  try {
    onStep('warm-up');
    await stage.ceiling(CEILING_WARM_UP_SECONDS);
    await stage.subject(WARM_UP_SECONDS);
    const samples: { readonly ceiling: Sample; readonly subject: Sample }[] = [];
    for (let round = 1; round <= rounds; round += 1) {
      onStep(`round ${round} of ${rounds}${sofar(samples)}`);
      const ceiling = await stage.ceiling(seconds);
      samples.push({ ceiling, subject: await stage.subject(seconds) });
    }
    return await summary(scenario, options, stage, samples);
  } finally {
    await stage.close();
  }
}

interface Round {
  readonly ceiling: Sample;
  readonly subject: Sample;
}

const ratioOf = ({ ceiling, subject }: Round) => (ceiling.perSecond > 0 ? subject.perSecond / ceiling.perSecond : 0);

function sofar(samples: readonly Round[]): string {
  return samples.length === 0 ? '' : `, ratio ${median(samples.map(ratioOf)).toFixed(3)}`;
}

async function summary(
  scenario: Scenario,
  { connections, client, rounds, seconds, onStep = () => {} }: Measure,
  stage: Stage,
  samples: readonly Round[],
): Promise<CaseResult> {
  const subjects = samples.map(({ subject }) => subject);
  const rate = spreadOf(subjects.map(({ perSecond }) => perSecond));
  const beside: Beside[] = [];
  for (let round = 1; stage.beside !== undefined && round <= rounds; round += 1) {
    onStep(`beside ${round} of ${rounds}`);
    beside.push(await stage.beside(rate.median));
  }
  onStep('checking');
  const verdicts: readonly Verdict[] = await stage.check();
  const target = scenario.target?.(connections);
  const latency = latencyOf(subjects);
  const moments = subjects.at(-1)?.moments;
  return {
    scenario: scenario.name,
    on: scenario.on,
    unit: scenario.unit,
    shows: scenario.shows,
    ceilingName: scenario.ceiling,
    connections,
    client,
    rounds,
    seconds,
    date: new Date().toISOString(),
    commit: commit(),
    ceiling: spreadOf(samples.map(({ ceiling }) => ceiling.perSecond)),
    rate,
    ratio: spreadOf(samples.map(ratioOf)),
    figures: [...figuresOf(subjects, scenario.atMost ?? {}), ...mediansOf(beside)],
    verdicts,
    disturbed: samples.flatMap((sample, n) => troubleOf(n, sample, beside[n])),
    ...(latency === undefined ? {} : { latency }),
    ...(target === undefined ? {} : { target }),
    ...(moments === undefined ? {} : { moments }),
  };
}

function latencyOf(samples: readonly Sample[]): Latency | undefined {
  const all = samples.flatMap(({ latency }) => (latency === undefined ? [] : [latency]));
  if (all.length === 0) return undefined;
  const middle = (of: (latency: Latency) => number) => median(all.map(of));
  return { p50Ms: middle((one) => one.p50Ms), p90Ms: middle((one) => one.p90Ms), p99Ms: middle((one) => one.p99Ms) };
}

function figuresOf(samples: readonly Sample[], limits: Readonly<Record<string, number>>): Figure[] {
  const names = new Set(samples.flatMap(({ extra = {} }) => Object.keys(extra)));
  return Array.from(names, (name) => {
    const value = median(samples.map(({ extra }) => extra?.[name] ?? Number.NaN));
    const atMost = limits[name];
    return { name, value, ...(atMost === undefined ? {} : { atMost }) };
  });
}

/** The first has all names and limits that there are. */
function mediansOf(rounds: readonly Beside[]): readonly Figure[] {
  const valuesOf = (wanted: string) =>
    rounds.map(({ figures }) => figures.find(({ name }) => name === wanted)?.value ?? Number.NaN);
  return (rounds[0]?.figures ?? []).map((figure) => ({ ...figure, value: median(valuesOf(figure.name)) }));
}

function troubleOf(n: number, { ceiling, subject }: Round, beside?: Beside): string[] {
  const parts = [
    ...told('the ceiling had', ceiling),
    ...told('the scenario had', subject),
    ...told('what was measured beside it had', beside ?? {}),
  ];
  return parts.length === 0 ? [] : [`round ${n + 1}: ${parts.join('; ')}`];
}

function told(who: string, { broken = 0, other = 0 }: Pick<Sample, 'broken' | 'other'>): string[] {
  return [
    ...(broken > 0 ? [`${who} ${broken} broken`] : []),
    ...(other > 0 ? [`${who} ${other} answers of another kind`] : []),
  ];
}
