import { parseArgs } from 'node:util';
import { oneOf, UsageError, withUsageErrors } from '../runner/options.ts';
import { benchServers } from '../runner/servers.ts';
import { builds } from './builds.ts';
import { embeddedEngine } from './embedded-engine.ts';
import { type Defaults, type Experiment, type Values, WrongResult } from './experiment.ts';
import { expiry } from './expiry.ts';
import { orderExport } from './export.ts';
import { overload } from './overload.ts';
import { pause } from './pause.ts';
import { rateLimit } from './rate-limit.ts';
import { recovery } from './recovery.ts';
import { redisReserve } from './redis-reserve.ts';
import { slowClients } from './slow-clients.ts';

const EXPERIMENTS: readonly Experiment[] = [
  builds,
  embeddedEngine,
  expiry,
  orderExport,
  overload,
  pause,
  rateLimit,
  recovery,
  redisReserve,
  slowClients,
];

/** A line for each experiment, with the reason why it is no scenario. */
export const EXPERIMENT_LIST = EXPERIMENTS.map(
  ({ name, shows, reason }) => `  ${name.padEnd(18)} ${shows}; no scenario, since ${reason}`,
).join('\n');

/** Runs the experiment of the first argument; false when its result is wrong. Errors: {@link UsageError}. */
export async function runExperiment([name, ...args]: readonly string[], say: (line: string) => void): Promise<boolean> {
  if (name === undefined || name === '--help') {
    console.log(`npm run bench -- experiment <name> [options]\n\n${EXPERIMENT_LIST}`);
    return true;
  }
  const chosen = EXPERIMENTS.find((one) => one.name === name);
  if (chosen === undefined) {
    throw new UsageError(`no experiment ${name}; there are ${EXPERIMENTS.map((one) => one.name).join(', ')}`);
  }
  if (!args.includes('--help')) return runWith(chosen, valuesOf(chosen.options, args), say);
  console.log(usageOf(chosen));
  return true;
}

async function runWith(chosen: Experiment, values: Values<Defaults>, say: (line: string) => void): Promise<boolean> {
  const servers = await benchServers(say, chosen.servers?.(values) ?? []);
  try {
    await chosen.run(values, { servers: servers.env, say });
    return true;
  } catch (error) {
    if (!(error instanceof WrongResult)) throw error;
    say(`FAILED: ${error.message}`);
    return false;
  } finally {
    await servers.stop();
  }
}

function usageOf({ name, shows, options }: Experiment): string {
  const lines = Object.entries(options).map(([option, fallback]) => {
    const text = Array.isArray(fallback) ? `${fallback[0]} (of ${fallback.join(', ')})` : fallback;
    return `  --${option} ${text === '' ? '…' : text}`;
  });
  return [`npm run bench -- experiment ${name}: ${shows}`, '', ...lines].join('\n');
}

/** The options with their defaults. Errors: {@link UsageError} for an unknown option or a wrong value. */
export function valuesOf<D extends Defaults>(defaults: D, args: readonly string[]): Values<D> {
  const names = Object.keys(defaults);
  const options = Object.fromEntries(names.map((name) => [name, { type: 'string' as const }]));
  const values: Readonly<Record<string, unknown>> = withUsageErrors(() =>
    parseArgs({ args: [...args], options }),
  ).values;
  const entries = names.map((name) => [
    name,
    parsedValue(name, defaults[name] ?? '', values[name] as string | undefined),
  ]);
  return Object.fromEntries(entries) as Values<D>;
}

function parsedValue(name: string, fallback: Defaults[string], text: string | undefined): number | string {
  if (typeof fallback === 'number') {
    const value = Number(text ?? fallback);
    if (!(value >= 0) || !Number.isFinite(value)) throw new UsageError(`--${name} is a number, not ${text}`);
    return value;
  }
  if (typeof fallback === 'string') return text ?? fallback;
  return oneOf(name, text ?? fallback[0] ?? '', fallback);
}
