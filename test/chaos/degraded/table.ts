import { ASKED } from './answers.ts';
import type { DegradedReport } from './degraded.ts';

/** Lines of a broken promise that are printed; the rest looks alike. */
const EXAMPLES = 5;

/** One outage: what people were told, what the breaker did, how it healed, and what does not hold. */
export function tableOf(report: DegradedReport): string {
  const { outage, seconds, answers, opened, closed, soldAgainMs, checks } = report;
  const rows: readonly (readonly [string, string])[] = [
    ...ASKED.map((asked) => [asked, answers.told(asked)] as const),
    [`breaker ${outage.policy}`, `opened ${opened}, closed ${closed}`],
    ['readyz', report.readiness.join('; ')],
    ['bought meanwhile', String(report.boughtMeanwhile)],
    ['first bought after healing', soldAgainMs === undefined ? 'never' : `${Math.round(soldAgainMs)} ms`],
    ['pending empty', `${Math.round(report.pendingEmptyMs)} ms`],
    ['buyers stood still for', `${Math.round(report.stalledMs)} ms at the most`],
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
