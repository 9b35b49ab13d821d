import { join } from 'node:path';
import type { ClientName } from '../support/load.ts';
import { measure } from './measure.ts';
import type { BenchOptions } from './options.ts';
import { ROOT } from './paths.ts';
import { profiled } from './profile.ts';
import { createProgress, type Progress } from './progress.ts';
import { type CaseResult, caseName, OWN_LOAD } from './report.ts';
import type { Scenario } from './scenario.ts';

export interface Case {
  readonly scenario: Scenario;
  readonly connections: number;
  readonly client: ClientName;
}

/** A scenario with its own load has one case for each number of connections, the others one for each client, too. */
export function casesOf(
  scenarios: readonly Scenario[],
  { connections, clients }: Pick<BenchOptions, 'connections' | 'clients'>,
): readonly Case[] {
  return scenarios.flatMap((scenario) => {
    // A scenario with exactly one has no load of connections to vary.
    const all = scenario.connections.every((count) => count === 1) ? undefined : connections;
    const by = scenario.ownLoad ? clients.slice(0, 1) : clients;
    return (all ?? scenario.connections).flatMap((count) =>
      by.map((client) => ({ scenario, connections: count, client })),
    );
  });
}

/** Each scenario once, with its greatest number of connections. */
export function widestOf(
  scenarios: readonly Scenario[],
  options: Pick<BenchOptions, 'connections' | 'clients'>,
): readonly Case[] {
  const cases = casesOf(scenarios, options);
  return cases.filter(
    (one) => !cases.some((other) => other.scenario === one.scenario && other.connections > one.connections),
  );
}

export interface Outcome {
  readonly results: readonly CaseResult[];
  /** Scenarios that failed, each in one line. */
  readonly failures: readonly string[];
}

/** The failure in one line; its stack trace is printed at once. */
export function failureOf(name: string, error: unknown, { say }: Pick<Progress, 'say'>): string {
  say(`${name} failed: ${error instanceof Error ? error.stack : error}`);
  return `${name}: ${error instanceof Error ? error.message : error}`;
}

/** Runs the cases in sequence. If one fails, the others still run. */
export async function runScenarios(
  cases: readonly Case[],
  options: BenchOptions,
  servers: NodeJS.ProcessEnv,
): Promise<Outcome> {
  const progress = createProgress(cases.length);
  const results: CaseResult[] = [];
  const failures: string[] = [];
  for (const { scenario, connections, client } of cases) {
    const name = caseName({ scenario: scenario.name, connections, client: scenario.ownLoad ? OWN_LOAD : client });
    progress.next(name);
    const { rounds, seconds, followUp } = options;
    const measureOptions = { connections, client, rounds, seconds, followUp, servers, onStep: progress.step };
    try {
      if (options.profile) {
        const folder = join(ROOT, 'bench/results/profiles', name.replaceAll(', ', '-'));
        const { result, costs } = await profiled(folder, (profileDir) =>
          measure(scenario, { ...measureOptions, profileDir }),
        );
        results.push({ ...result, costs });
      } else results.push(await measure(scenario, measureOptions));
    } catch (error) {
      failures.push(failureOf(name, error, progress));
    }
  }
  progress.end();
  return { results, failures };
}
