import type { ServerName } from '../../dev/servers/api.d.ts';

/** A number or a text with its default, or choices of which the first is the default. */
type Default = number | string | readonly string[];

export type Defaults = Readonly<Record<string, Default>>;

type ValueOf<D extends Default> = D extends readonly (infer Choice)[] ? Choice : D extends number ? number : string;

export type Values<D extends Defaults> = { readonly [Name in keyof D]: ValueOf<D[Name]> };

export interface ExperimentContext {
  /** URLs of the servers that the experiment asked for. */
  readonly servers: NodeJS.ProcessEnv;
  /** Prints a line of progress. */
  readonly say: (line: string) => void;
}

/** The measurement is complete, and its result is wrong. */
export class WrongResult extends Error {
  override readonly name = 'WrongResult';
}

/** A measurement that is started by name and prints its own result. Nothing of it is saved or published. */
export interface Experiment<D extends Defaults = Defaults> {
  readonly name: string;
  /** What it measures, in one line. */
  readonly shows: string;
  /** Why it is no scenario: those alternate rounds of Floodgate and of a ceiling, and compare their rates. */
  readonly reason: string;
  /** By name on the command line; the name says the unit. */
  readonly options: D;
  /** @default none */
  servers?(values: Values<D>): readonly ServerName[];
  /** Errors: {@link WrongResult} when a check of the result fails. */
  run(values: Values<D>, context: ExperimentContext): Promise<void>;
}

/** Infers the types of an experiment's values from its options. */
export const experiment = <const D extends Defaults>(definition: Experiment<D>): Experiment<D> => definition;
