import type { Latency } from '../support/load.ts';
import type { Moment } from '../support/sale-watch.ts';
import type { Spread } from '../support/spread.ts';
import type { Figure, Place, Verdict } from './scenario.ts';

/** What a run leaves in bench/results. */
export interface Report {
  readonly date: string;
  readonly commit: string;
  readonly machine: Machine;
  readonly versions: Readonly<Record<string, string>>;
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

/** A scenario at one number of connections. */
export interface CaseResult {
  readonly scenario: string;
  readonly on: Place;
  readonly unit: string;
  readonly shows: string;
  readonly ceilingName: string;
  readonly connections: number;
  readonly client: string;
  readonly rounds: number;
  readonly seconds: number;
  readonly date: string;
  /** That it was measured on; with a plus where files differ from it. */
  readonly commit: string;
  readonly ceiling: Spread;
  readonly rate: Spread;
  /** Of each round to its own ceiling. */
  readonly ratio: Spread;
  /** Medians of the rounds' percentiles. */
  readonly latency?: Latency;
  readonly target?: number;
  readonly figures: readonly Figure[];
  readonly verdicts: readonly Verdict[];
  /** Rounds with errors, or with answers that the scenario is not about. */
  readonly disturbed: readonly string[];
  /** Of the last round. */
  readonly moments?: readonly Moment[];
  readonly costs?: readonly Cost[];
}

/** A function and what a process spent in it itself. */
export interface Cost {
  readonly name: string;
  /** Of the time in which it did anything. */
  readonly share: number;
}

export interface MicroResult {
  readonly name: string;
  readonly nsPerOp: Spread;
  readonly date: string;
  readonly commit: string;
}

export interface MemoryResult {
  readonly scenario: string;
  readonly connections: number;
  readonly process: string;
  readonly minutes: number;
  /** Before them: code is compiled, caches are filled up to their bounds, the heap finds its size. */
  readonly warmUpMinutes: number;
  /** Of each tenth of the time, the median. */
  readonly tenthsMb: readonly number[];
  /** Of the last of them over the first. */
  readonly growthMb: number;
  readonly slopeMbPerMinute: number;
  readonly date: string;
  readonly commit: string;
}

/** One step: one thing has one size, all else is as usual. Its sales were checked as those of a scenario are. */
export interface GrowthResult {
  readonly axis: string;
  readonly on: Place;
  readonly size: number;
  readonly rounds: number;
  /** Of each round. */
  readonly seconds: number;
  /** Answers 201. */
  readonly soldPerSecond: Spread;
  /** All other answers: sold out, or too much waits. The median of the rounds. */
  readonly refusedPerSecond: number;
  /** Connections that failed, and answers that did not come in time, of all rounds. */
  readonly broken: number;
  /** Of the slowest front, the median of the rounds. */
  readonly p99Ms: number;
  /** Of the largest front, the median of the rounds. */
  readonly memoryMb: number;
  readonly date: string;
  readonly commit: string;
}

export const caseName = ({ scenario, connections }: Pick<CaseResult, 'scenario' | 'connections'>): string =>
  `${scenario}, ${connections}`;

/** What is stored is not what was answered. */
export const isWrong = ({ verdicts }: Pick<CaseResult, 'verdicts'>): boolean => verdicts.some(({ ok }) => !ok);

/** Undefined where issue 9 has no target for it. */
export function isMet({
  target,
  ratio,
  figures,
}: Pick<CaseResult, 'target' | 'ratio' | 'figures'>): boolean | undefined {
  const limited = figures.filter(({ atMost }) => atMost !== undefined);
  if (target === undefined && limited.length === 0) return undefined;
  return (target === undefined || ratio.median >= target) && limited.every(isWithin);
}

/** A value that could not be measured is not within its limit. */
export const isWithin = ({ value, atMost }: Figure): boolean =>
  // What is no number is null in a file of results, and null is at most anything.
  atMost === undefined || (Number.isFinite(value) && value <= atMost);
