import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CLIENTS } from '../support/load.ts';
import { UsageError } from './options.ts';
import { RESULTS } from './paths.ts';
import { type CaseResult, caseName, type GrowthResult, type Report } from './report.ts';

/** Writes the results of a run to a file named by its time; returns its path. */
export async function saveReport(report: Report): Promise<string> {
  const file = join(RESULTS, `${report.date.replaceAll(/[:.]/g, '-')}.json`);
  await writeReport(file, report);
  return file;
}

export async function writeReport(file: string, report: Report): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify(report, undefined, 2)}\n`);
}

/** Errors: those of reading the file, and an Error in one line that names it when it is not a results file. */
export async function readReport(file: string): Promise<Report> {
  const value = jsonOf(await readFile(file, 'utf8'), file) as Partial<Report> | null;
  if (!Array.isArray(value?.results)) throw new Error(`${file} has no results`);
  return value as Report;
}

function jsonOf(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // The parser's message quotes the content, which may have line breaks.
    throw new Error(`${file} is not JSON`, { cause: error });
  }
}

/** Reads the file to compare a run with. Errors: {@link UsageError} that names it when there is nothing to compare. */
export async function readBaseline(file: string): Promise<Report> {
  const report = await readReport(file).catch((error: Error) => {
    throw new UsageError(`--compare: ${error.message}`, { cause: error });
  });
  if (report.results.length === 0) throw new UsageError(`--compare: ${file} has no results`);
  return report;
}

/** The names of everything that is measured, in the order of publication. */
export interface Suite {
  readonly scenarios: readonly string[];
  readonly micros: readonly string[];
}

/**
 * New results replace older ones of the same case. The others stay, with their dates, unless they are no longer in the suite
 * or lack a figure that is published today.
 */
export function merged(before: Report | undefined, now: Report, { scenarios, micros }: Suite): Report {
  if (before === undefined) return now;
  const results = replaced(before.results, now.results, caseName);
  const growth = replaced(before.growth, now.growth, (one) => `${one.axis} ${one.on} ${one.size}`);
  const isComplete = ({ soldPerSecond }: Partial<GrowthResult>) => soldPerSecond !== undefined;
  return {
    ...now,
    versions: { ...before.versions, ...now.versions },
    results: results
      .filter((one) => scenarios.includes(one.scenario))
      .toSorted(
        (a, b) =>
          scenarios.indexOf(a.scenario) - scenarios.indexOf(b.scenario) ||
          a.connections - b.connections ||
          clientIndex(a) - clientIndex(b),
      ),
    micro: replaced(before.micro, now.micro, (one) => one.name)
      .filter(({ name }) => micros.includes(name))
      .toSorted((a, b) => micros.indexOf(a.name) - micros.indexOf(b.name)),
    memory: replaced(before.memory, now.memory, (one) => `${one.scenario} ${one.connections} ${one.process}`),
    growth: growth.filter(isComplete),
  };
}

const clientIndex = ({ client }: CaseResult): number => ([...CLIENTS] as readonly string[]).indexOf(client);

function replaced<T>(before: readonly T[], now: readonly T[], keyOf: (one: T) => string): T[] {
  const all = new Map(before.map((one) => [keyOf(one), one]));
  for (const one of now) all.set(keyOf(one), one);
  return [...all.values()];
}
