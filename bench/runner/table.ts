import { ratioText, threeDigits, wholeOf } from './format.ts';
import { type CaseResult, isFailed, isMet, isWithin } from './report.ts';

type Row = Readonly<Record<string, string>>;

/** A row for each result, the same on the terminal and in the README. */
export function resultRows(results: readonly CaseResult[]): readonly Row[] {
  return results.map((result) => ({
    scenario: result.scenario,
    connections: wholeOf(result.connections),
    'ceiling/s': wholeOf(result.ceiling.median),
    'rate/s': `${wholeOf(result.rate.median)} ${result.unit}`,
    'ratio (min..max)': ratioText(result.ratio),
    target: targetText(result),
    'p50, p99, ms':
      result.latency === undefined ? '' : `${threeDigits(result.latency.p50Ms)}, ${threeDigits(result.latency.p99Ms)}`,
    'also measured': result.figures.map(figureText).join('; '),
    check: isFailed(result) ? 'FAILED' : 'passed',
    disturbed: result.disturbed.length === 0 ? '' : `${result.disturbed.length} of ${result.rounds} rounds`,
    rounds: `${result.rounds} of ${result.seconds} s`,
    commit: result.commit,
  }));
}

/** A row for each scenario: what it shows, and its ceiling. */
export function scenarioRows(results: readonly CaseResult[]): readonly Row[] {
  const byName = new Map(results.map((result) => [result.scenario, result]));
  return Array.from(byName.values(), ({ scenario, shows, ceilingName }) => ({ scenario, shows, ceiling: ceilingName }));
}

function targetText(result: CaseResult): string {
  const met = isMet(result);
  if (met === undefined) return '';
  const word = met ? 'met' : 'MISSED';
  return result.target === undefined ? word : `${result.target.toFixed(2)} ${word}`;
}

function figureText(figure: CaseResult['figures'][number]): string {
  const { name, value, atMost } = figure;
  const limit = atMost === undefined ? '' : ` (at most ${threeDigits(atMost)}: ${isWithin(figure) ? 'met' : 'MISSED'})`;
  return `${name}: ${threeDigits(value)}${limit}`;
}

export function markdownTable(rows: readonly Row[]): string {
  const [first] = rows;
  if (first === undefined) return '';
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  const names = Object.keys(first);
  return [
    line(names),
    `|${'---|'.repeat(names.length)}`,
    ...rows.map((row) => line(names.map((name) => row[name] ?? ''))),
  ].join('\n');
}

/** Columns are as wide as their widest cell; those that are empty in all rows are left out. */
export function terminalTable(rows: readonly Row[]): string {
  const names = Object.keys(rows[0] ?? {}).filter((name) => rows.some((row) => row[name] !== ''));
  const lines = [names, ...rows.map((row) => names.map((name) => row[name] ?? ''))];
  const widths = names.map((_, n) => Math.max(...lines.map((cells) => cells[n]?.length ?? 0)));
  return lines
    .map((cells) =>
      cells
        .map((cell, n) => cell.padEnd(widths[n] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
