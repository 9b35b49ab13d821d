import type { Moment } from '../support/sale-recorder.ts';
import { curve, legend, line, sheet, text } from '../support/svg.ts';
import { wholeOf } from './format.ts';
import { type CaseResult, caseName } from './report.ts';

const WIDTH = 860;
const TOP = 96;
const PANEL = { left: 70, width: 740, height: 150, apart: 60 };
const FOOT = 20;
/** Rates are averaged over this span: over the 50 ms between samples they would zigzag. */
const SPAN_MS = 200;

export interface RatePoint {
  readonly ms: number;
  readonly sold: number;
  readonly refused: number;
}

/** Tickets sold and purchases refused a second, over spans of at least `spanMs`. */
export function ratesOf(moments: readonly Moment[], spanMs = SPAN_MS): readonly RatePoint[] {
  const points: RatePoint[] = [];
  let [from] = moments;
  for (const moment of moments) {
    if (from === undefined || moment.ms - from.ms < spanMs) continue;
    const seconds = (moment.ms - from.ms) / 1000;
    points.push({
      ms: (moment.ms + from.ms) / 2,
      sold: (moment.sold - from.sold) / seconds,
      refused: (moment.refused - from.refused) / seconds,
    });
    from = moment;
  }
  return points;
}

/** Stock, sales a second and refusals a second during a stampede, with a panel for each result. */
export function stockChart(results: readonly CaseResult[], note: string): string {
  const recorded = results.flatMap((result) =>
    result.moments === undefined ? [] : [{ result, moments: result.moments }],
  );
  const each = PANEL.height + PANEL.apart;
  const height = TOP + recorded.length * each + FOOT;
  const parts = recorded.flatMap(({ result, moments }, n) => panel(TOP + n * each, caseName(result), moments));
  return sheet({ width: WIDTH, height, title: 'A stampede: more buyers than tickets', note }, [
    legend(PANEL.left, 54, ['stock', 'sold/s', 'refused/s']),
    ...parts,
  ]);
}

function panel(top: number, name: string, moments: readonly Moment[]): string[] {
  const { left, width, height } = PANEL;
  const floor = top + height;
  const rates = ratesOf(moments);
  const lastMs = Math.max(1, moments.at(-1)?.ms ?? 1);
  const total = Math.max(1, ...moments.map(({ remaining }) => remaining));
  const maxRate = Math.max(1, ...rates.flatMap(({ sold, refused }) => [sold, refused]));
  const x = (ms: number) => left + (ms / lastMs) * width;
  const y = (share: number) => floor - share * height;
  return [
    text(left, top - 10, `${name}: ${wholeOf(total)} tickets, ${(lastMs / 1000).toFixed(1)} s`),
    line(left, floor, left + width, floor),
    text(left - 8, top + 10, wholeOf(total), { anchor: 'end', size: 10 }),
    text(left + width, top - 10, `top: ${wholeOf(maxRate)}/s`, { anchor: 'end', size: 10 }),
    curve(
      moments.map(({ ms, remaining }) => [x(ms), y(remaining / total)]),
      's0',
    ),
    curve(
      rates.map(({ ms, sold }) => [x(ms), y(sold / maxRate)]),
      's1',
    ),
    curve(
      rates.map(({ ms, refused }) => [x(ms), y(refused / maxRate)]),
      's2',
    ),
  ];
}
