import { bar, legend, line, sheet, text } from '../support/svg.ts';
import { threeDigits, wholeOf } from './format.ts';
import { type CaseResult, caseName } from './report.ts';
import { casesIn } from './table.ts';

const WIDTH = 860;
const LEFT = 240;
/** Three latencies. */
const LATENCIES_WIDTH = 110;
/** Rate and ratio of two clients. */
const RATES_WIDTH = 190;
const TOP = 74;
const FOOT = 40;
const ROW = 34;

interface Bars {
  readonly title: string;
  readonly note: string;
  readonly series: readonly string[];
  readonly rows: readonly BarRow[];
  /** Of the labels behind the bars, pixels. */
  readonly right: number;
}

interface Bar {
  /** Of the width, 0 to 1. */
  readonly share: number;
  /** Index of its series. */
  readonly series: number;
  /** Position of a mark on the bar, as a share of the width. */
  readonly mark?: number;
}

interface BarRow {
  readonly name: string;
  readonly bars: readonly Bar[];
  readonly label: string;
}

function bars({ title, note, series, rows, right }: Bars): string {
  const height = TOP + rows.length * ROW + FOOT;
  const full = WIDTH - LEFT - right;
  const parts = rows.flatMap(({ name, bars: drawn, label }, n) => {
    const y = TOP + n * ROW;
    const each = (ROW - 10) / drawn.length;
    const longest = Math.max(0, ...drawn.flatMap(({ share, mark = 0 }) => [share, mark]));
    return [
      text(LEFT - 10, y + ROW / 2, name, { anchor: 'end' }),
      ...drawn.map((one, k) => bar(LEFT, y + k * each, one.share * full, each - 1, `s${one.series}`)),
      ...drawn.flatMap(({ mark }, k) => {
        const x = LEFT + (mark ?? 0) * full;
        return mark === undefined ? [] : [line(x, y + k * each - 2, x, y + (k + 1) * each + 1, 's3')];
      }),
      text(LEFT + Math.min(1, longest) * full + 8, y + ROW / 2, label, { size: 11 }),
    ];
  });
  return sheet({ width: WIDTH, height, title, note }, [legend(LEFT, 54, series), ...parts]);
}

const CLIENT_SERIES = { autocannon: 1, own: 1, wrk: 2 } as const satisfies Record<CaseResult['client'], number>;

/** Each scenario with its ceiling. All ceilings have the same length, since the ratio is what matters. */
export function throughputChart(results: readonly CaseResult[], note: string): string {
  const top = Math.max(1, ...results.map(({ ratio }) => ratio.median));
  return bars({
    title: 'Throughput relative to the ceiling of the same run',
    note: `Red: the target. ${note}`,
    series: ['ceiling', 'by autocannon', 'by wrk'],
    right: RATES_WIDTH,
    rows: casesIn(results).map((byClient) => {
      const [{ scenario, connections }] = byClient as readonly [CaseResult];
      return {
        name: caseName({ scenario, connections }),
        bars: [
          { share: 1 / top, series: 0 },
          ...byClient.map(({ client, ratio, target }) => ({
            share: ratio.median / top,
            series: CLIENT_SERIES[client],
            ...(target === undefined ? {} : { mark: target / top }),
          })),
        ],
        label: byClient.map(({ rate, ratio }) => `${wholeOf(rate.median)}/s, ${ratio.median.toFixed(2)}`).join('; '),
      };
    }),
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
    right: LATENCIES_WIDTH,
    rows: timed.map(({ result, latency: { p50Ms, p90Ms, p99Ms } }) => ({
      name: caseName(result),
      bars: [p50Ms, p90Ms, p99Ms].map((ms, series) => ({ share: share(ms), series })),
      label: [p50Ms, p90Ms, p99Ms].map(threeDigits).join(', '),
    })),
  });
}
