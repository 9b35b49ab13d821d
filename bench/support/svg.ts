/** Building blocks of SVG charts. Colours follow the reader's colour scheme: a README is read on light and dark backgrounds. */
export const SERIES = ['s0', 's1', 's2', 's3'] as const;

const STYLE = `<style>
.bg{fill:#fff}.ink{fill:#1e293b}.soft{fill:#64748b}.line{stroke:#94a3b8}.s0{fill:#94a3b8;stroke:#94a3b8}
.s1{fill:#2563eb;stroke:#2563eb}.s2{fill:#d97706;stroke:#d97706}.s3{fill:#dc2626;stroke:#dc2626}
@media (prefers-color-scheme:dark){.bg{fill:#0d1117}.ink{fill:#e2e8f0}.soft{fill:#94a3b8}.line{stroke:#475569}
.s0{fill:#64748b;stroke:#64748b}.s1{fill:#60a5fa;stroke:#60a5fa}.s2{fill:#fbbf24;stroke:#fbbf24}.s3{fill:#f87171;stroke:#f87171}}
</style>`;

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

const escaped = (text: string) => text.replaceAll(/[&<>"]/g, (char) => ESCAPES[char] ?? char);

const px = (value: number) => (Number.isFinite(value) ? value.toFixed(1) : '0');

export interface TextStyle {
  readonly className?: string;
  readonly size?: number;
  readonly anchor?: 'start' | 'middle' | 'end';
}

export function text(x: number, y: number, words: string, style: TextStyle = {}): string {
  const { className = 'ink', size = 12, anchor = 'start' } = style;
  return `<text x="${px(x)}" y="${px(y)}" class="${className}" stroke="none" font-size="${size}" text-anchor="${anchor}">${escaped(words)}</text>`;
}

export function bar(x: number, y: number, width: number, height: number, className: string): string {
  return `<rect x="${px(x)}" y="${px(y)}" width="${px(Math.max(0, width))}" height="${px(height)}" class="${className}" stroke="none"/>`;
}

export function line(x1: number, y1: number, x2: number, y2: number, className = 'line'): string {
  return `<line x1="${px(x1)}" y1="${px(y1)}" x2="${px(x2)}" y2="${px(y2)}" class="${className}"/>`;
}

export function curve(points: readonly (readonly [number, number])[], className: string): string {
  const list = points.map(([x, y]) => `${px(x)},${px(y)}`).join(' ');
  return `<polyline points="${list}" class="${className}" style="fill:none" stroke-width="2"/>`;
}

export interface Sheet {
  readonly width: number;
  readonly height: number;
  readonly title: string;
  /** What was measured, and on which machine. */
  readonly note: string;
}

export function sheet({ width, height, title, note }: Sheet, parts: readonly string[]): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" role="img">
<title>${escaped(title)}</title>
${STYLE}
<rect width="${width}" height="${height}" class="bg"/>
${text(20, 28, title, { size: 16 })}
${parts.join('\n')}
${text(20, height - 12, note, { className: 'soft', size: 11 })}
</svg>
`;
}

/** The names of the series in a row, each with its colour. */
export function legend(x: number, y: number, names: readonly string[]): string {
  const WIDTH = 130;
  return names
    .map((name, n) => bar(x + n * WIDTH, y - 9, 10, 10, SERIES[n] ?? 's0') + text(x + n * WIDTH + 15, y, name))
    .join('\n');
}
