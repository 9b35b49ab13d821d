import { median } from './statistics.ts';

/** What the server processes have used since they started. */
export interface Reading {
  readonly processes: readonly ProcessReading[];
  /** fsyncs by who counted them, since its start. */
  readonly fsyncs: Readonly<Record<string, number>>;
}

export interface ProcessReading {
  readonly name: string;
  /** Of all its threads; NaN once it has ended. */
  readonly cpuMs: number;
  /** Sent to storage; NaN where /proc does not say. */
  readonly writtenBytes: number;
}

/** What one operation, such as an order, has cost. */
export interface Usage {
  /** Microseconds of CPU, by process, all threads together. */
  readonly cpuUs: Readonly<Record<string, number>>;
  readonly totalCpuUs: number;
  /** Operations for a second of CPU of all server processes together. */
  readonly perSecondAndCore: number;
  /** Bytes sent to storage, by process. */
  readonly writtenBytes: Readonly<Record<string, number>>;
  readonly totalWrittenBytes: number;
  /** By who counted them; not all count. */
  readonly fsyncs: Readonly<Record<string, number>>;
  /** Servers on another machine, or of another user: not in any of the figures. */
  readonly notCovered: readonly string[];
}

const sumOf = (values: Readonly<Record<string, number>>): number => Object.values(values).reduce((a, b) => a + b, 0);

/** The difference of two readings of the same processes, divided by the operations between them. */
export function usageOf(
  before: Reading,
  after: Reading,
  { operations, notCovered }: { readonly operations: number; readonly notCovered: readonly string[] },
): Usage {
  const earlier = new Map(before.processes.map((one) => [one.name, one]));
  const eachOf = (pick: (one: ProcessReading) => number) =>
    Object.fromEntries(
      after.processes.map((one) => {
        const from = earlier.get(one.name);
        return [one.name, (pick(one) - (from === undefined ? Number.NaN : pick(from))) / operations];
      }),
    );
  const cpuUs = eachOf(({ cpuMs }) => cpuMs * 1000);
  const writtenBytes = eachOf((one) => one.writtenBytes);
  const fsyncs = Object.entries(after.fsyncs).map(([name, count]): [string, number] => [
    name,
    (count - (before.fsyncs[name] ?? Number.NaN)) / operations,
  ]);
  const totalCpuUs = sumOf(cpuUs);
  return {
    cpuUs,
    totalCpuUs,
    perSecondAndCore: 1e6 / totalCpuUs,
    writtenBytes,
    totalWrittenBytes: sumOf(writtenBytes),
    fsyncs: Object.fromEntries(fsyncs),
    notCovered,
  };
}

/** The median of each figure; undefined without any. */
export function medianUsage(usages: readonly Usage[]): Usage | undefined {
  const [first] = usages;
  if (first === undefined) return undefined;
  const medianOf = (pick: (usage: Usage) => number) => median(usages.map(pick));
  const mediansOf = (pick: (usage: Usage) => Readonly<Record<string, number>>) =>
    Object.fromEntries(
      Object.keys(pick(first)).map((name) => [name, medianOf((one) => pick(one)[name] ?? Number.NaN)]),
    );
  return {
    cpuUs: mediansOf(({ cpuUs }) => cpuUs),
    totalCpuUs: medianOf(({ totalCpuUs }) => totalCpuUs),
    perSecondAndCore: medianOf(({ perSecondAndCore }) => perSecondAndCore),
    writtenBytes: mediansOf(({ writtenBytes }) => writtenBytes),
    totalWrittenBytes: medianOf(({ totalWrittenBytes }) => totalWrittenBytes),
    fsyncs: mediansOf(({ fsyncs }) => fsyncs),
    notCovered: first.notCovered,
  };
}
