import { parseArgs } from 'node:util';
import { CLIENTS, type ClientName } from '../support/load.ts';
import type { Scenario } from './scenario.ts';

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

export const USAGE = `npm run bench -- [scenario…] [options]     every scenario without a name; success is all that begin with it
npm run bench -- micro | memory | growth  [options]

  --rounds 5         rounds of ceiling and scenario in turn
  --seconds 5        of each
  --connections …    a list, instead of the scenarios' own
  --client …         autocannon or wrk
  --minutes 5        of the memory mode, that count
  --warm-up 1        minutes before them
  --publish          also write bench/README.md, its charts and bench/results/baseline.json
  --compare <file>   fail on a ratio that is more than 10 % worse than there
  --profile          CPU profiles of Floodgate's processes, and their greatest costs
`;

/** Errors: TypeError in one line for what is not understood. */
export function parseOptions(args: readonly string[]): BenchOptions {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      rounds: { type: 'string', default: '5' },
      seconds: { type: 'string', default: '5' },
      connections: { type: 'string' },
      client: { type: 'string', default: 'autocannon' },
      minutes: { type: 'string', default: '5' },
      'warm-up': { type: 'string', default: '1' },
      publish: { type: 'boolean', default: false },
      profile: { type: 'boolean', default: false },
      compare: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const client = CLIENTS.find((name) => name === values.client);
  if (client === undefined) throw new TypeError(`--client is one of ${CLIENTS.join(', ')}, not ${values.client}`);
  const mode = MODES.find((name) => name === positionals[0]);
  return {
    mode: mode ?? 'scenarios',
    names: mode === undefined ? positionals : positionals.slice(1),
    rounds: positive('rounds', values.rounds),
    seconds: positive('seconds', values.seconds),
    connections: values.connections?.split(',').map((text) => positive('connections', text)),
    client,
    minutes: positive('minutes', values.minutes, { whole: false }),
    warmUpMinutes: positive('warm-up', values['warm-up'], { whole: false }),
    publish: values.publish,
    profile: values.profile,
    compare: values.compare,
    help: values.help,
  };
}

function positive(name: string, text: string, { whole = true } = {}): number {
  const value = Number(text);
  if (!(value > 0) || (whole && !Number.isInteger(value))) {
    throw new TypeError(`--${name} is a ${whole ? 'whole ' : ''}number above 0, not ${text}`);
  }
  return value;
}

/** Those of the names, or that begin with them; all of none. Errors: TypeError for a name that none has. */
export function choose(scenarios: readonly Scenario[], names: readonly string[]): readonly Scenario[] {
  const fits = (scenario: Scenario, name: string) => scenario.name === name || scenario.name.startsWith(`${name}-`);
  for (const name of names) {
    if (!scenarios.some((scenario) => fits(scenario, name))) {
      throw new TypeError(`no scenario ${name}; there are ${scenarios.map((one) => one.name).join(', ')}`);
    }
  }
  return names.length === 0 ? scenarios : scenarios.filter((one) => names.some((name) => fits(one, name)));
}
