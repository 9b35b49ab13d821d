import { type ParseArgsConfig, parseArgs } from 'node:util';
import { CLIENTS, type ClientName } from '../support/load.ts';
import type { Scenario } from './scenario.ts';

/** The command line is wrong, not the program: the one-line message is all that the user needs. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export const MODES = ['micro', 'memory', 'growth'] as const;

export type Mode = 'scenarios' | (typeof MODES)[number];

export interface BenchOptions {
  readonly mode: Mode;
  readonly names: readonly string[];
  readonly rounds: number;
  readonly seconds: number;
  /** Overrides the scenarios' own. */
  readonly connections: readonly number[] | undefined;
  /** Each HTTP scenario is measured with each of them. */
  readonly clients: readonly ClientName[];
  readonly minutes: number;
  readonly warmUpMinutes: number;
  readonly publish: boolean;
  readonly profile: boolean;
  /** Whether what follows the rounds is measured. */
  readonly followUp: boolean;
  /** A results file to compare this run with. */
  readonly compare: string | undefined;
  readonly help: boolean;
}

export const USAGE = `npm run bench -- [scenario…] [options]     every scenario without a name
npm run bench -- micro | memory | growth [name…] [options]
npm run bench -- experiment <name> [options]

A full name selects that scenario; a prefix such as "success" selects every scenario that begins with it.
Names for memory are those of scenarios; for growth connections, sales, tickets, fronts; for micro any part of a row's name.

  --rounds 5         rounds, each of ceiling and scenario; not for memory
  --seconds 5        length of a round
  --connections …    a list that overrides the scenarios' own
  --client both      autocannon, wrk or both; for memory and growth one of them, autocannon unless given
  --minutes 5        for memory, measured minutes
  --warm-up 1        for memory, minutes of warm-up
  --publish          also update bench/README.md, its charts and bench/results/baseline.json, unless a check failed,
                     a measurement failed, or the run is not complete: five rounds, follow-ups, no --profile; memory
                     and growth by autocannon
  --compare <file>   for scenarios: fail on a ratio that is more than 10 % worse than in this results file
  --no-follow-up     for scenarios: only the rounds, without the open loops and what else follows them
  --profile          for scenarios: CPU profiles of Floodgate's processes, and the functions that cost most
`;

const OPTIONS = {
  rounds: { type: 'string' },
  seconds: { type: 'string' },
  connections: { type: 'string' },
  client: { type: 'string' },
  minutes: { type: 'string' },
  'warm-up': { type: 'string' },
  publish: { type: 'boolean', default: false },
  profile: { type: 'boolean', default: false },
  'no-follow-up': { type: 'boolean', default: false },
  compare: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const satisfies ParseArgsConfig['options'];

/** The modes to which an option applies; one that is not listed applies to all. */
const MODES_OF: Partial<Record<keyof typeof OPTIONS, readonly Mode[]>> = {
  rounds: ['scenarios', 'growth', 'micro'],
  connections: ['scenarios', 'memory'],
  client: ['scenarios', 'memory', 'growth'],
  minutes: ['memory'],
  'warm-up': ['memory'],
  compare: ['scenarios'],
  profile: ['scenarios'],
  'no-follow-up': ['scenarios'],
};

/** Errors: {@link UsageError} for arguments that can't be parsed, and for an option that does not apply to the mode. */
export function parseOptions(args: readonly string[]): BenchOptions {
  const { values, positionals } = withUsageErrors(() =>
    parseArgs({ args: [...args], allowPositionals: true, options: OPTIONS }),
  );
  const named = MODES.find((name) => name === positionals[0]);
  const mode = named ?? 'scenarios';
  for (const [name, modes] of Object.entries(MODES_OF)) {
    const given = values[name as keyof typeof OPTIONS];
    if (given !== undefined && given !== false && !modes.includes(mode)) {
      throw new UsageError(`--${name} is for ${modes.join(', ')}, not for ${mode}`);
    }
  }
  return {
    mode,
    names: named === undefined ? positionals : positionals.slice(1),
    rounds: positive('rounds', values.rounds ?? '5'),
    seconds: positive('seconds', values.seconds ?? '5'),
    connections: values.connections?.split(',').map((text) => positive('connections', text)),
    clients: clientsOf(mode, values.client),
    minutes: positive('minutes', values.minutes ?? '5', { whole: false }),
    warmUpMinutes: positive('warm-up', values['warm-up'] ?? '1', { whole: false }),
    publish: values.publish,
    profile: values.profile,
    followUp: !values['no-follow-up'],
    compare: values.compare,
    help: values.help,
  };
}

/** Memory and growth are of Floodgate alone, without a ceiling that a client could lower: one client is enough. */
function clientsOf(mode: Mode, text: string | undefined): readonly ClientName[] {
  if (mode !== 'scenarios') return [oneOf('client', text ?? 'autocannon', CLIENTS)];
  const client = oneOf('client', text ?? 'both', [...CLIENTS, 'both'] as const);
  return client === 'both' ? CLIENTS : [client];
}

/** Runs `parseArgs` of Node.js. Errors: {@link UsageError} in one line instead of its errors. */
export function withUsageErrors<Parsed>(parse: () => Parsed): Parsed {
  try {
    return parse();
  } catch (error) {
    if (!isArgumentError(error)) throw error;
    throw new UsageError(error.message.replaceAll(/\s+/g, ' '), { cause: error });
  }
}

const isArgumentError = (error: unknown): error is Error =>
  error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS_');

function positive(name: string, text: string, { whole = true } = {}): number {
  const value = Number(text);
  if (!(value > 0) || !Number.isFinite(value) || (whole && !Number.isInteger(value))) {
    throw new UsageError(`--${name} is a ${whole ? 'whole ' : ''}number above 0, not ${text}`);
  }
  return value;
}

/** Errors: {@link UsageError} when the text is not one of the choices. */
export function oneOf<Choice extends string>(name: string, text: string, choices: readonly Choice[]): Choice {
  const choice = choices.find((one) => one === text);
  if (choice === undefined) throw new UsageError(`--${name} is one of ${choices.join(', ')}, not ${text}`);
  return choice;
}

/**
 * The scenarios with these names, in the order of the suite; all without names. A full name selects that scenario, a prefix
 * all that begin with it. Errors: {@link UsageError} for a name that selects none.
 */
export function choose(scenarios: readonly Scenario[], names: readonly string[]): readonly Scenario[] {
  if (names.length === 0) return scenarios;
  const chosen = new Set(names.flatMap((name) => selectedBy(scenarios, name)));
  return scenarios.filter((one) => chosen.has(one));
}

function selectedBy(scenarios: readonly Scenario[], name: string): readonly Scenario[] {
  const exact = scenarios.filter((one) => one.name === name);
  const selected = exact.length > 0 ? exact : scenarios.filter((one) => one.name.startsWith(`${name}-`));
  if (selected.length === 0) {
    throw new UsageError(`no scenario ${name}; there are ${scenarios.map((one) => one.name).join(', ')}`);
  }
  return selected;
}
