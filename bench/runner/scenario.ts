import type { ClientName, Latency } from '../support/load.ts';
import type { Moment } from '../support/sale-watch.ts';
import type { ServerProcess } from '../support/serve.ts';

export type Place = 'embedded' | 'cluster' | 'alone';

/** One round. */
export interface Sample {
  /** What the scenario is about, and nothing else: sold tickets, or refusals, or frames. */
  readonly perSecond: number;
  readonly latency?: Latency;
  /** Answers of another kind than the scenario is about; they are not in `perSecond`. */
  readonly other?: number;
  /** Connections that failed, and answers that did not come in time. */
  readonly broken?: number;
  /** Measured beside it, by name and unit; the report has their medians. */
  readonly extra?: Readonly<Record<string, number>>;
  readonly moments?: readonly Moment[];
}

export interface Verdict {
  readonly ok: boolean;
  readonly what: string;
}

export interface Figure {
  /** With its unit. */
  readonly name: string;
  readonly value: number;
  /** What issue 9 wants it to be at the most. */
  readonly atMost?: number;
}

/** A scenario that stands ready: its servers run. */
/** Measured behind the rounds. */
export interface Beside extends Pick<Sample, 'other' | 'broken'> {
  readonly figures: readonly Figure[];
}

export interface Stage {
  /** Floodgate's processes. */
  readonly processes: readonly ServerProcess[];
  ceiling(seconds: number): Promise<Sample>;
  subject(seconds: number): Promise<Sample>;
  /** What is measured after the rounds, as often as there were; it is told their median. The report has the medians. */
  beside?(perSecond: number): Promise<Beside>;
  /** Whether what is stored is what was answered. Called once, at the end; processes may have been stopped after it. */
  check(): Promise<readonly Verdict[]>;
  close(): Promise<void>;
}

export interface Setting {
  readonly connections: number;
  readonly client: ClientName;
  readonly seconds: number;
  /** Where the cluster's servers are. */
  readonly servers: NodeJS.ProcessEnv;
  /** Where Floodgate's processes leave their CPU profiles. */
  readonly profileDir?: string;
}

export interface Scenario {
  readonly name: string;
  readonly shows: string;
  readonly on: Place;
  /** What `perSecond` counts. */
  readonly unit: string;
  /** What it is held against. */
  readonly ceiling: string;
  readonly connections: readonly number[];
  /** The least share of its ceiling that issue 9 wants, by connections. */
  readonly target?: (connections: number) => number | undefined;
  /** Limits that issue 9 sets to what samples have beside their rate. */
  readonly atMost?: Readonly<Record<string, number>>;
  open(setting: Setting): Promise<Stage>;
}
