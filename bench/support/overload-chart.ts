export interface Step {
  readonly label: string;
  readonly goodput: number;
  readonly p99AcceptedMs: number;
  readonly p99RefusedMs: number;
}

const TITLE = 'Open-loop load at multiples of the capacity';
const WIDTH = 720;
const PANEL = { top: 60, height: 220, width: 290 };
const LEFTS = [60, 410] as const;
const INK = '#334155';

/** Two panels: what is sold a second, and how long the slowest hundredth waits for a yes and for a no. */
export function overloadChart(steps: readonly Step[], note: string): string {
  const goodput = panel(LEFTS[0], 'sold a second', steps, [
    { colour: '#2563eb', name: '', of: (step) => step.goodput },
  ]);
  const waits = panel(LEFTS[1], 'p99, ms, from when it was sent', steps, [
    { colour: '#2563eb', name: 'accepted', of: (step) => step.p99AcceptedMs },
    { colour: '#f59e0b', name: 'refused', of: (step) => step.p99RefusedMs },
  ]);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} 350" font-family="sans-serif" font-size="12" fill="${INK}">
<title>${TITLE}</title>
<rect width="${WIDTH}" height="350" fill="#ffffff"/>
<text x="20" y="24" font-size="15">${TITLE}</text>
${goodput}
${waits}
<text x="20" y="338" font-size="11">${note}</text>
</svg>
`;
}

interface Series {
  readonly colour: string;
  readonly name: string;
  readonly of: (step: Step) => number;
}

function panel(left: number, title: string, steps: readonly Step[], series: readonly Series[]): string {
  const top = Math.max(1, ...steps.flatMap((step) => series.map(({ of }) => of(step))));
  const slot = PANEL.width / steps.length;
  const bar = (slot * 0.7) / series.length;
  const floor = PANEL.top + PANEL.height;
  const bars = steps.flatMap((step, n) =>
    series.map(({ colour, of }, k) => {
      const height = (of(step) / top) * (PANEL.height - 20);
      const x = left + n * slot + slot * 0.15 + k * bar;
      return `<rect x="${x.toFixed(1)}" y="${(floor - height).toFixed(1)}" width="${(bar - 2).toFixed(1)}" height="${height.toFixed(1)}" fill="${colour}"/>
<text x="${(x + bar / 2).toFixed(1)}" y="${(floor - height - 4).toFixed(1)}" text-anchor="middle" font-size="10">${Math.round(of(step))}</text>`;
    }),
  );
  const labels = steps.map(
    ({ label }, n) =>
      `<text x="${(left + (n + 0.5) * slot).toFixed(1)}" y="${floor + 18}" text-anchor="middle">${label}</text>`,
  );
  const legend = series
    .filter(({ name }) => name !== '')
    .map(
      ({ name, colour }, k) => `<text x="${left + 200 + k * 60}" y="${PANEL.top - 8}" fill="${colour}">${name}</text>`,
    );
  return `<text x="${left}" y="${PANEL.top - 8}">${title}</text>
<line x1="${left}" y1="${floor}" x2="${left + PANEL.width}" y2="${floor}" stroke="${INK}"/>
${[...bars, ...labels, ...legend].join('\n')}`;
}
