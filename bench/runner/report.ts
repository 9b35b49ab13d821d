import type { ClientName, Latency } from '../support/load.ts';
import type { Moment } from '../support/sale-recorder.ts';
import type { Stats } from '../support/statistics.ts';
import type { Usage } from '../support/usage.ts';
import type { Deployment, Figure, OpenLoopStep, Verdict } from './scenario.ts';

/** The results file of a run, in bench/results. */
export interface Report {
  readonly date: string;
  readonly commit: string;
  readonly machine: Machine;
  readonly versions: Readonly<Record<string, string>>;
  /** Of HTTP loads, separated by commas. */
  readonly client: string;
  readonly results: readonly CaseResult[];
  readonly micro: readonly MicroResult[];
  readonly memory: readonly MemoryResult[];
  readonly growth: readonly GrowthResult[];
}

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly os: string;
}

/** In place of a client's name, for a scenario with a load of its own. */
export const OWN_LOAD = 'own';

/** The result of a scenario with one number of connections and one client. */
export interface CaseResult {
  readonly scenario: string;
  readonly on: Deployment;
  readonly unit: string;
  readonly shows: string;
  readonly ceilingName: string;
  readonly connections: number;
  readonly client: ClientName | typeof OWN_LOAD;
  readonly rounds: number;
  readonly seconds: number;
  readonly date: string;
  /** The measured commit; with a plus when the working tree differs from it. */
  readonly commit: string;
  readonly ceiling: Stats;
  readonly rate: Stats;
  /** Of each round's rate to its own ceiling. */
  readonly ratio: Stats;
  /** Medians of the rounds' percentiles. */
  readonly latency?: Latency;
  readonly target?: number;
  readonly figures: readonly Figure[];
  readonly verdicts: readonly Verdict[];
  /** Rounds with errors or answers of another kind. */
  readonly disturbed: readonly string[];
  /** Of the last round. */
  readonly moments?: readonly Moment[];
  readonly costs?: readonly Cost[];
  readonly openLoop?: readonly OpenLoopStep[];
  /** Of one operation: the median of the rounds. Orders include what their settlement costs, where it runs. */
  readonly usage?: Usage;
}

/** A function's self time. */
export interface Cost {
  readonly name: string;
  /** Of the time in which the process was not idle. */
  readonly share: number;
}

export interface MicroResult {
  readonly name: string;
  readonly nsPerOp: Stats;
  readonly date: string;
  readonly commit: string;
}

export interface MemoryResult {
  readonly scenario: string;
  readonly connections: number;
  readonly process: string;
  readonly minutes: number;
  /** Not measured: code is compiled, caches fill up, the heap reaches its size. */
  readonly warmUpMinutes: number;
  /** The median of each tenth of the measured time. */
  readonly tenthsMb: readonly number[];
  /** From the first tenth to the last. */
  readonly growthMb: number;
  readonly slopeMbPerMinute: number;
  readonly date: string;
  readonly commit: string;
}

/** One size of one axis, all others at their usual values. Its sales are reconciled as those of a scenario. */
export interface GrowthResult {
  readonly axis: string;
  readonly on: Deployment;
  readonly size: number;
  readonly rounds: number;
  /** Of each round. */
  readonly seconds: number;
  /** Answers 201. */
  readonly soldPerSecond: Stats;
  /** All other answers, such as sold_out and overloaded. The median of the rounds. */
  readonly refusedPerSecond: number;
  /** Failed connections and timed-out requests of all rounds. */
  readonly broken: number;
  /** Of the slowest front; the median of the rounds. */
  readonly p99Ms: number;
  /** Of the largest front; the median of the rounds. */
  readonly memoryMb: number;
  readonly date: string;
  readonly commit: string;
}

export const caseName = ({
  scenario,
  connections,
  client = OWN_LOAD,
}: Pick<CaseResult, 'scenario' | 'connections'> & Partial<Pick<CaseResult, 'client'>>): string =>
  `${scenario}, ${connections}${client === OWN_LOAD ? '' : `, ${client}`}`;

/** A check of the result failed: stored orders and answers do not reconcile. */
export const isFailed = ({ verdicts }: Pick<CaseResult, 'verdicts'>): boolean => verdicts.some(({ ok }) => !ok);

/** Undefined without a target. */
export function isMet({
  target,
  ratio,
  figures,
}: Pick<CaseResult, 'target' | 'ratio' | 'figures'>): boolean | undefined {
  const limited = figures.filter(({ atMost }) => atMost !== undefined);
  if (target === undefined && limited.length === 0) return undefined;
  return (target === undefined || ratio.median >= target) && limited.every(isWithin);
}

/** A value that could not be measured misses its limit. */
export const isWithin = ({ value, atMost }: Figure): boolean =>
  // NaN is null in a results file, and `null <= atMost` would be true.
  atMost === undefined || (Number.isFinite(value) && value <= atMost);
