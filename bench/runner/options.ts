import { type ParseArgsConfig, parseArgs } from 'node:util';
import { CLIENTS, type ClientName } from '../support/load.ts';
import type { Scenario } from './scenario.ts';
import { UsageError } from './usage-error.ts';

export const MODES = ['micro', 'memory', 'growth'] as const;

export type Mode = 'scenarios' | (typeof MODES)[number];

export interface BenchOptions {
  readonly mode: Mode;
  readonly names: readonly string[];
  readonly rounds: number;
  readonly seconds: number;
  /** Instead of the scenarios' own. */
  readonly connections: readonly number[] | undefined;
  readonly client: ClientName;
  readonly minutes: number;
  readonly warmUpMinutes: number;
  readonly publish: boolean;
  readonly profile: boolean;
  /** A results file that this run is held against. */
  readonly compare: string | undefined;
  readonly help: boolean;
}

export const USAGE = `npm run bench -- [scenario…] [options]     every scenario without a name
npm run bench -- micro | memory | growth [name…] [options]

A scenario's whole name is that one; success, which none is called, is all that begin with it.
Names of memory are those of scenarios; of growth connections, sales, tickets, fronts; of micro any part of a row's name.

  --rounds 5         rounds of ceiling and scenario in turn; not of memory
  --seconds 5        of each
  --connections …    a list, instead of the scenarios' own
  --client …         autocannon or wrk; not of micro
  --minutes 5        of memory, that count
  --warm-up 1        of memory, minutes before them
  --publish          also write bench/README.md, its charts and bench/results/baseline.json, unless something is wrong or
                     was not measured as what stands there is: by autocannon, in five rounds, without --profile
  --compare <file>   of scenarios: fail on a ratio that is more than 10 % worse than there
  --profile          of scenarios: CPU profiles of Floodgate's processes, and their greatest costs
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
  compare: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const satisfies ParseArgsConfig['options'];

/** Options that have no meaning in all modes, and in which they have one. */
const MODES_OF: Partial<Record<keyof typeof OPTIONS, readonly Mode[]>> = {
  rounds: ['scenarios', 'growth', 'micro'],
  connections: ['scenarios', 'memory'],
  client: ['scenarios', 'memory', 'growth'],
  minutes: ['memory'],
  'warm-up': ['memory'],
  compare: ['scenarios'],
  profile: ['scenarios'],
};

/** Errors: {@link UsageError} for what is not understood, and for an option that the mode has no use for. */
export function parseOptions(args: readonly string[]): BenchOptions {
  const { values, positionals } = parsed(args);
  const named = MODES.find((name) => name === positionals[0]);
  const mode = named ?? 'scenarios';
  for (const [name, modes] of Object.entries(MODES_OF)) {
    const given = values[name as keyof typeof OPTIONS];
    if (given !== undefined && given !== false && !modes.includes(mode)) {
      throw new UsageError(`--${name} is for ${modes.join(', ')}, not for ${mode}`);
    }
  }
  const wanted = values.client ?? 'autocannon';
  const client = CLIENTS.find((name) => name === wanted);
  if (client === undefined) throw new UsageError(`--client is one of ${CLIENTS.join(', ')}, not ${wanted}`);
  return {
    mode,
    names: named === undefined ? positionals : positionals.slice(1),
    rounds: positive('rounds', values.rounds ?? '5'),
    seconds: positive('seconds', values.seconds ?? '5'),
    connections: values.connections?.split(',').map((text) => positive('connections', text)),
    client,
    minutes: positive('minutes', values.minutes ?? '5', { whole: false }),
    warmUpMinutes: positive('warm-up', values['warm-up'] ?? '1', { whole: false }),
    publish: values.publish,
    profile: values.profile,
    compare: values.compare,
    help: values.help,
  };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], allowPositionals: true, options: OPTIONS });
  } catch (error) {
    if (!isOfArguments(error)) throw error;
    throw new UsageError(error.message.replaceAll(/\s+/g, ' '), { cause: error });
  }
}

const isOfArguments = (error: unknown): error is Error =>
  error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS_');

function positive(name: string, text: string, { whole = true } = {}): number {
  const value = Number(text);
  if (!(value > 0) || !Number.isFinite(value) || (whole && !Number.isInteger(value))) {
    throw new UsageError(`--${name} is a ${whole ? 'whole ' : ''}number above 0, not ${text}`);
  }
  return value;
}

/**
 * Those of the names, in their own order; all of none. A whole name is that one; one that no scenario has is all that begin
 * with it. Errors: {@link UsageError} for a name that fits none.
 */
export function choose(scenarios: readonly Scenario[], names: readonly string[]): readonly Scenario[] {
  if (names.length === 0) return scenarios;
  const chosen = new Set(names.flatMap((name) => named(scenarios, name)));
  return scenarios.filter((one) => chosen.has(one));
}

function named(scenarios: readonly Scenario[], name: string): readonly Scenario[] {
  const exact = scenarios.filter((one) => one.name === name);
  const fitting = exact.length > 0 ? exact : scenarios.filter((one) => one.name.startsWith(`${name}-`));
  if (fitting.length === 0) {
    throw new UsageError(`no scenario ${name}; there are ${scenarios.map((one) => one.name).join(', ')}`);
  }
  return fitting;
}
