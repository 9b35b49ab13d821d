import { ASKED } from './answers.ts';
import type { DegradedReport } from './degraded.ts';

/** Lines of a broken promise that are printed; the others are similar. */
const EXAMPLES = 5;

/** One outage: the answers, the breaker's changes, the recovery, and the broken promises. */
export function tableOf(report: DegradedReport): string {
  const { outage, seconds, answers, opened, closed, soldAgainMs, checks } = report;
  const rows: readonly (readonly [string, string])[] = [
    ...ASKED.map((asked) => [asked, answers.summary(asked)] as const),
    [`breaker ${outage.policy}`, `opened ${opened}, closed ${closed}`],
    ['readyz', report.readiness.join('; ')],
    ['bought meanwhile', String(report.boughtMeanwhile)],
    ['first bought after the outage', soldAgainMs === undefined ? 'never' : `${Math.round(soldAgainMs)} ms`],
    ['pending empty', `${Math.round(report.pendingEmptyMs)} ms`],
    ['longest stall of this process', `${Math.round(report.stalledMs)} ms`],
    ['orders', String(report.orders)],
    ['audit', report.audit.split('\n').at(-1) ?? ''],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  const broken = checks
    .filter((check) => check.broken.length > 0)
    .flatMap((check) => [
      `  BROKEN: ${check.promise} (${check.broken.length})`,
      ...check.broken.slice(0, EXAMPLES).map((line) => `    ${line}`),
    ]);
  return [
    `${outage.name} for ${seconds} s`,
    ...rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`),
    ...broken,
  ].join('\n');
}
