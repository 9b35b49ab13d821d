import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { RESULTS } from './paths.ts';
import type { CaseResult, Report } from './report.ts';

/** Writes the results of a run under its time; resolves with the file. */
export async function saveReport(report: Report): Promise<string> {
  const file = join(RESULTS, `${report.date.replaceAll(/[:.]/g, '-')}.json`);
  await writeReport(file, report);
  return file;
}

export async function writeReport(file: string, report: Report): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify(report, undefined, 2)}\n`);
}

/** Errors: Error that names the file when it isn't one of results. */
export async function readReport(file: string): Promise<Report> {
  const value = JSON.parse(await readFile(file, 'utf8')) as Partial<Report>;
  if (!Array.isArray(value.results)) throw new Error(`${file} has no results`);
  return value as Report;
}

/** What is new takes the place of what was measured before; the rest stays, each with its own date. */
export function merged(before: Report | undefined, now: Report, order: readonly string[] = []): Report {
  if (before === undefined) return now;
  const results = replaced(before.results, now.results, (one) => `${one.scenario} ${one.connections}`);
  const rank = (one: CaseResult) => (order.includes(one.scenario) ? order.indexOf(one.scenario) : order.length);
  return {
    ...now,
    versions: { ...before.versions, ...now.versions },
    results: results.toSorted((a, b) => rank(a) - rank(b) || a.connections - b.connections),
    micro: replaced(before.micro, now.micro, (one) => one.name),
    memory: replaced(before.memory, now.memory, (one) => `${one.scenario} ${one.connections} ${one.process}`),
    growth: replaced(before.growth, now.growth, (one) => `${one.axis} ${one.on} ${one.size}`),
  };
}

function replaced<T>(before: readonly T[], now: readonly T[], keyOf: (one: T) => string): T[] {
  const all = new Map(before.map((one) => [keyOf(one), one]));
  for (const one of now) all.set(keyOf(one), one);
  return [...all.values()];
}
