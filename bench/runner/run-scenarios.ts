import { join } from 'node:path';
import { measure } from './measure.ts';
import type { BenchOptions } from './options.ts';
import { ROOT } from './paths.ts';
import { profiled } from './profile.ts';
import { createProgress, type Progress } from './progress.ts';
import type { CaseResult } from './report.ts';
import type { Scenario } from './scenario.ts';

export interface Case {
  readonly scenario: Scenario;
  readonly connections: number;
}

export function casesOf(scenarios: readonly Scenario[], connections: readonly number[] | undefined): readonly Case[] {
  return scenarios.flatMap((scenario) => {
    // A scenario with exactly one has no load of connections to vary.
    const all = scenario.connections.every((count) => count === 1) ? undefined : connections;
    return (all ?? scenario.connections).map((count) => ({ scenario, connections: count }));
  });
}

/** Each scenario once, with its greatest number of connections. */
export function widestOf(scenarios: readonly Scenario[], connections: readonly number[] | undefined): readonly Case[] {
  const cases = casesOf(scenarios, connections);
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
  for (const { scenario, connections } of cases) {
    const name = `${scenario.name}, ${connections}`;
    progress.next(name);
    const { rounds, seconds, client } = options;
    const measureOptions = { connections, client, rounds, seconds, servers, onStep: progress.step };
    try {
      if (options.profile) {
        const folder = join(ROOT, 'bench/results/profiles', `${scenario.name}-${connections}`);
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
