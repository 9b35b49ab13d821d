import { bar, legend, line, SERIES, sheet, text } from '../support/svg.ts';

/** The columns of one step. */
export interface ChartStep {
  readonly label: string;
  readonly goodput: number;
  readonly p99AcceptedMs: number;
  readonly p99RefusedMs: number;
}

const WIDTH = 720;
const HEIGHT = 370;
const PANEL = { top: 80, height: 220, width: 290 };
const LEFTS = [60, 410] as const;
const HEADROOM = 20;
/** Width of a step's bars as a share of its slot; the rest is margin. */
const BARS_SHARE = 0.7;

/** Two panels: sales a second, and the p99 latency of accepted and refused requests. */
export function overloadChart(steps: readonly ChartStep[], note: string): string {
  const title = 'Open-loop load at multiples of the capacity';
  return sheet({ width: WIDTH, height: HEIGHT, title, note }, [
    ...panel(LEFTS[0], 'sold/s', steps, [({ goodput }) => goodput]),
    ...panel(LEFTS[1], 'p99 since sent, ms', steps, [
      ({ p99AcceptedMs }) => p99AcceptedMs,
      ({ p99RefusedMs }) => p99RefusedMs,
    ]),
    legend(LEFTS[1], PANEL.top - 8, ['accepted', 'refused']),
  ]);
}

function panel(
  left: number,
  title: string,
  steps: readonly ChartStep[],
  series: readonly ((step: ChartStep) => number)[],
): readonly string[] {
  const top = Math.max(1, ...steps.flatMap((step) => series.map((of) => of(step))));
  const slot = PANEL.width / steps.length;
  const width = (slot * BARS_SHARE) / series.length;
  const floor = PANEL.top + PANEL.height;
  const bars = steps.flatMap((step, n) =>
    series.map((of, k) => {
      const height = (of(step) / top) * (PANEL.height - HEADROOM);
      const x = left + (n + (1 - BARS_SHARE) / 2) * slot + k * width;
      const words = text(x + width / 2, floor - height - 4, String(Math.round(of(step))), {
        size: 10,
        anchor: 'middle',
      });
      return bar(x, floor - height, width - 2, height, SERIES[k] ?? 's0') + words;
    }),
  );
  const labels = steps.map(({ label }, n) => text(left + (n + 0.5) * slot, floor + 18, label, { anchor: 'middle' }));
  return [text(left, PANEL.top - 28, title), line(left, floor, left + PANEL.width, floor), ...bars, ...labels];
}
