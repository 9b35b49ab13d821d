import { type CaseResult, caseName } from './report.ts';

/** A ratio may be worse by this share: rounds differ by as much on a machine that is not idle. */
export const TOLERANCE = 0.1;

export interface Comparison {
  readonly name: string;
  readonly before: number;
  readonly now: number;
  readonly worse: boolean;
}

type Compared = Pick<CaseResult, 'scenario' | 'connections' | 'ratio' | 'client'>;

/** Compares median ratios with a baseline's. Cases that only one of them has, or with another client, are left out. */
export function compare(baseline: readonly Compared[], results: readonly Compared[]): readonly Comparison[] {
  const before = new Map(baseline.map((one) => [caseName(one), one.ratio.median]));
  return results.flatMap((one) => {
    const baselineRatio = before.get(caseName(one));
    if (baselineRatio === undefined) return [];
    const now = one.ratio.median;
    return [{ name: caseName(one), before: baselineRatio, now, worse: now < baselineRatio * (1 - TOLERANCE) }];
  });
}

/** False also when there is nothing to compare, since any run would pass. */
export function isAsGood(comparisons: readonly Comparison[]): boolean {
  return comparisons.length > 0 && !comparisons.some(({ worse }) => worse);
}

export function comparisonText(comparisons: readonly Comparison[]): string {
  if (comparisons.length === 0)
    return 'the baseline has none of these scenarios at these connections and with this client';
  const worse = comparisons.filter((one) => one.worse);
  const change = ({ name, before, now }: Comparison) =>
    `  ${name}: ${before.toFixed(3)} before, ${now.toFixed(3)} now (${((now / before - 1) * 100).toFixed(0)} %)`;
  return worse.length === 0
    ? `none of ${comparisons.length} ratios is more than ${TOLERANCE * 100} % worse than the baseline's`
    : [
        `${worse.length} of ${comparisons.length} ratios are more than ${TOLERANCE * 100} % worse:`,
        ...worse.map(change),
      ].join('\n');
}
