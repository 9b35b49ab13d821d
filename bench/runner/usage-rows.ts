import { threeDigits, wholeOf } from './format.ts';
import type { CaseResult } from './report.ts';
import type { Row } from './table.ts';

/** A row for each result whose processes were measured: what one operation has cost. */
export function usageRows(results: readonly CaseResult[]): readonly Row[] {
  return results.flatMap(({ scenario, connections, client, unit, usage }) =>
    usage === undefined
      ? []
      : [
          {
            scenario,
            connections: wholeOf(connections),
            client,
            operation: unit,
            'a second and core': wholeOf(usage.perSecondAndCore),
            'CPU, us': threeDigits(usage.totalCpuUs),
            'CPU by process, us': listOf(usage.cpuUs),
            'bytes written': wholeOf(usage.totalWrittenBytes),
            'bytes by process': listOf(usage.writtenBytes),
            fsyncs: Object.entries(usage.fsyncs)
              .map(([name, count]) => `${name} ${count.toPrecision(2)}`)
              .join(', '),
            'not covered': usage.notCovered.join(', '),
          },
        ],
  );
}

/** The largest first, without those that round to nothing. */
function listOf(figures: Readonly<Record<string, number>>): string {
  return Object.entries(figures)
    .filter(([, value]) => !(value < LEAST))
    .toSorted(([, a], [, b]) => b - a)
    .map(([name, value]) => `${name} ${threeDigits(value)}`)
    .join(', ');
}

/** With three digits it would be 0.00. */
const LEAST = 0.005;
