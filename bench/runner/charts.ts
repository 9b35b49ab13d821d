import { bar, legend, line, sheet, text } from '../support/svg.ts';
import { threeDigits, wholeOf } from './format.ts';
import { type CaseResult, caseName } from './report.ts';

const WIDTH = 860;
const LEFT = 240;
const RIGHT = 110;
const TOP = 74;
const FOOT = 40;
const ROW = 34;

interface Bars {
  readonly title: string;
  readonly note: string;
  readonly series: readonly string[];
  readonly rows: readonly BarRow[];
}

interface BarRow {
  readonly name: string;
  /** Length of each series' bar as a share of the width, 0 to 1. */
  readonly shares: readonly number[];
  readonly label: string;
  /** Position of a mark as a share of the width. */
  readonly mark?: number;
}

function bars({ title, note, series, rows }: Bars): string {
  const height = TOP + rows.length * ROW + FOOT;
  const full = WIDTH - LEFT - RIGHT;
  const parts = rows.flatMap(({ name, shares, label, mark }, n) => {
    const y = TOP + n * ROW;
    const each = (ROW - 10) / shares.length;
    const longest = Math.max(0, ...shares);
    return [
      text(LEFT - 10, y + ROW / 2, name, { anchor: 'end' }),
      ...shares.map((share, k) => bar(LEFT, y + k * each, share * full, each - 1, `s${k % 4}`)),
      ...(mark === undefined ? [] : [line(LEFT + mark * full, y - 2, LEFT + mark * full, y + ROW - 8, 's3')]),
      text(LEFT + Math.min(1, Math.max(longest, mark ?? 0)) * full + 8, y + ROW / 2, label, { size: 11 }),
    ];
  });
  return sheet({ width: WIDTH, height, title, note }, [legend(LEFT, 54, series), ...parts]);
}

/** Each scenario with its ceiling. All ceilings have the same length, since the ratio is what matters. */
export function throughputChart(results: readonly CaseResult[], note: string): string {
  const top = Math.max(1, ...results.map(({ ratio }) => ratio.median));
  return bars({
    title: 'Throughput relative to the ceiling of the same run',
    note: `Red: the target. ${note}`,
    series: ['ceiling', 'Floodgate'],
    rows: results.map((result) => ({
      name: caseName(result),
      shares: [1 / top, result.ratio.median / top],
      label: `${wholeOf(result.rate.median)}/s, ${result.ratio.median.toFixed(2)}`,
      ...(result.target === undefined ? {} : { mark: result.target / top }),
    })),
  });
}

/** Start of the logarithmic scale. */
const SHORTEST_MS = 0.1;

/** On a logarithmic scale, since the p99 of one scenario may be a hundred times another's. */
export function latencyChart(results: readonly CaseResult[], note: string): string {
  const timed = results.flatMap((result) =>
    result.latency === undefined ? [] : [{ result, latency: result.latency }],
  );
  const longest = Math.max(1, ...timed.map(({ latency }) => latency.p99Ms));
  const share = (ms: number) =>
    Math.max(0, Math.log10(Math.max(ms, SHORTEST_MS) / SHORTEST_MS) / Math.log10(longest / SHORTEST_MS));
  return bars({
    title: 'Latency at full load, ms, logarithmic scale',
    note,
    series: ['p50', 'p90', 'p99'],
    rows: timed.map(({ result, latency: { p50Ms, p90Ms, p99Ms } }) => ({
      name: caseName(result),
      shares: [p50Ms, p90Ms, p99Ms].map(share),
      label: [p50Ms, p90Ms, p99Ms].map(threeDigits).join(', '),
    })),
  });
}
