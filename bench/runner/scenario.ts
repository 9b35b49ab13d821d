import type { ClientName, Latency } from '../support/load.ts';
import type { GeneratorReport } from '../support/open-loop.ts';
import type { Moment } from '../support/sale-recorder.ts';
import type { ServerProcess } from '../support/serve.ts';
import type { Usage } from '../support/usage.ts';

export type Deployment = 'embedded' | 'cluster' | 'alone';

/** The figures of one round. */
export interface Sample {
  /** Only of the operation that the scenario measures: tickets sold, or refusals, or frames. */
  readonly perSecond: number;
  readonly latency?: Latency;
  /** Answers of any other kind; they are not in `perSecond`. */
  readonly other?: number;
  /** Failed connections and timed-out requests. */
  readonly broken?: number;
  /** Further figures of the round, by name and unit; the report has their medians. */
  readonly extra?: Readonly<Record<string, number>>;
  readonly moments?: readonly Moment[];
  /** What each of the operations in `perSecond` has cost. */
  readonly usage?: Usage;
}

export interface Verdict {
  readonly ok: boolean;
  readonly what: string;
}

export interface Figure {
  /** With its unit. */
  readonly name: string;
  readonly value: number;
  readonly atMost?: number;
}

/** Latencies at a fixed rate, each counted from when the request was due. */
export interface OpenLoopStep {
  /** Of the measured rate. */
  readonly share: number;
  readonly perSecond: number;
  /** A request without an answer counts as longer than the load. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
  readonly unanswered: number;
  readonly generator: GeneratorReport;
}

/** A measurement that follows the rounds. */
export interface FollowUp extends Pick<Sample, 'other' | 'broken'> {
  readonly figures: readonly Figure[];
  readonly openLoop?: readonly OpenLoopStep[];
}

/** A scenario whose servers are running. */
export interface RunningScenario {
  /** Floodgate's processes. */
  readonly processes: readonly ServerProcess[];
  ceiling(seconds: number): Promise<Sample>;
  subject(seconds: number): Promise<Sample>;
  /** Called after the rounds, up to three times, with their median rate. The report has the medians of its figures. */
  followUp?(perSecond: number): Promise<FollowUp>;
  /** Reconciles stored orders with answers. Called once, at the end; it may stop processes. */
  check(): Promise<readonly Verdict[]>;
  close(): Promise<void>;
}

export interface ScenarioOptions {
  readonly connections: number;
  readonly client: ClientName;
  readonly seconds: number;
  /** URLs of the cluster's servers. */
  readonly servers: NodeJS.ProcessEnv;
  /** Where Floodgate's processes write their CPU profiles. */
  readonly profileDir?: string;
}

export interface Scenario {
  readonly name: string;
  readonly shows: string;
  readonly on: Deployment;
  /** What `perSecond` counts. */
  readonly unit: string;
  /** What it is compared with. */
  readonly ceiling: string;
  readonly connections: readonly number[];
  /** It has its own load, not that of an HTTP client: it is measured once, whichever clients a run has. @default false */
  readonly ownLoad?: boolean;
  /** For the ratio to the ceiling; undefined without a target. */
  readonly target?: (connections: number, client: ClientName) => number | undefined;
  /** Limits of figures in `extra`. */
  readonly atMost?: (client: ClientName) => Readonly<Record<string, number>>;
  open(options: ScenarioOptions): Promise<RunningScenario>;
}
