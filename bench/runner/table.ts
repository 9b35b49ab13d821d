import { CLIENTS, type ClientName } from '../support/load.ts';
import { ratioText, threeDigits, wholeOf } from './format.ts';
import { type CaseResult, isFailed, isMet, isWithin, OWN_LOAD } from './report.ts';

export type Row = Readonly<Record<string, string>>;

/** The results of one scenario with one number of connections, one of each client. */
export function casesIn(results: readonly CaseResult[]): readonly (readonly CaseResult[])[] {
  const cases = new Map<string, CaseResult[]>();
  for (const result of results) {
    const key = `${result.scenario}, ${result.connections}`;
    cases.set(key, [...(cases.get(key) ?? []), result]);
  }
  return [...cases.values()];
}

/** A row for each scenario and number of connections with the figures of each client, on the terminal and in the README. */
export function resultRows(results: readonly CaseResult[]): readonly Row[] {
  const cases = casesIn(results.filter(({ client }) => client !== OWN_LOAD));
  return cases.map((byClient) => {
    const [{ scenario, connections }] = byClient as readonly [CaseResult];
    const cells = CLIENTS.map((client) => clientCells(client, byClient));
    return { scenario, connections: wholeOf(connections), ...Object.assign({}, ...cells), ...commonCells(byClient) };
  });
}

/** A row for each result of a scenario without an HTTP client. */
export function ownLoadRows(results: readonly CaseResult[]): readonly Row[] {
  return results
    .filter(({ client }) => client === OWN_LOAD)
    .map((result) => ({
      scenario: result.scenario,
      connections: wholeOf(result.connections),
      ...figureCells(result),
      ...commonCells([result]),
    }));
}

/** Empty without a result of this client. */
function clientCells(client: ClientName, byClient: readonly CaseResult[]): Row {
  const cells = Object.entries(figureCells(byClient.find((one) => one.client === client)));
  return Object.fromEntries(cells.map(([name, text]) => [`${client}: ${name}`, text]));
}

function figureCells(result: CaseResult | undefined): Row {
  return {
    'ceiling/s': result === undefined ? '' : wholeOf(result.ceiling.median),
    'rate/s': result === undefined ? '' : `${wholeOf(result.rate.median)} ${result.unit}`,
    'ratio (min..max)': result === undefined ? '' : ratioText(result.ratio),
    target: result === undefined ? '' : targetText(result),
    'p50, p99, ms':
      result?.latency === undefined ? '' : `${threeDigits(result.latency.p50Ms)}, ${threeDigits(result.latency.p99Ms)}`,
  };
}

/** One text where the clients agree, otherwise each with the client's name. */
function commonCells(byClient: readonly CaseResult[]): Row {
  const each = (textOf: (result: CaseResult) => string): string => {
    const texts = byClient.map((result) => ({ client: result.client, text: textOf(result) }));
    const [first] = texts;
    if (texts.every(({ text }) => text === first?.text)) return first?.text ?? '';
    return texts
      .filter(({ text }) => text !== '')
      .map(({ client, text }) => `${client}: ${text}`)
      .join('; ');
  };
  return {
    'also measured': each(({ figures }) => figures.map(figureText).join('; ')),
    check: each((result) => (isFailed(result) ? 'FAILED' : 'passed')),
    disturbed: each(({ disturbed, rounds }) =>
      disturbed.length === 0 ? '' : `${disturbed.length} of ${rounds} rounds`,
    ),
    rounds: each(({ rounds, seconds }) => `${rounds} of ${seconds} s`),
    commit: each(({ commit }) => commit),
  };
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

/** The columns that have a text in any row. */
const columnsOf = (rows: readonly Row[]): readonly string[] =>
  Object.keys(rows[0] ?? {}).filter((name) => rows.some((row) => row[name] !== ''));

/** Columns that are empty in all rows are left out, here and on the terminal. */
export function markdownTable(rows: readonly Row[]): string {
  if (rows.length === 0) return '';
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  const names = columnsOf(rows);
  return [
    line(names),
    `|${'---|'.repeat(names.length)}`,
    ...rows.map((row) => line(names.map((name) => row[name] ?? ''))),
  ].join('\n');
}

/** Columns are as wide as their widest cell. */
export function terminalTable(rows: readonly Row[]): string {
  const names = columnsOf(rows);
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
