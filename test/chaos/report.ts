import { ORDER_STATES, type Order } from '../../src/domain/order.ts';
import type { Click } from './notebook.ts';
import type { Check } from './verdict.ts';

export interface Report {
  readonly seed: number;
  readonly seconds: number;
  /** Faults by name. */
  readonly struck: ReadonlyMap<string, number>;
  /** Answers to all requests, by status and problem code. */
  readonly answers: ReadonlyMap<string, number>;
  readonly clicks: readonly Click[];
  readonly orders: readonly Order[];
  readonly longestDroughtMs: number;
  readonly pendingEmptyMs: number;
  readonly checks: readonly Check[];
  /** The folder of the programs' logs; kept when a check failed. */
  readonly logs: string;
}

/** Lines of a broken promise that are printed; the others are similar. */
const EXAMPLES = 5;

export const isSound = ({ checks }: Report): boolean => checks.every(({ broken }) => broken.length === 0);

/** A table of faults, answers, orders and checks. */
export function tableOf(report: Report): string {
  const { struck, answers, clicks, orders, checks } = report;
  const clicksWith = (outcome: Click['outcome']) => clicks.filter((click) => click.outcome === outcome).length;
  const informed = new Set(clicks.map(({ order }) => order?.id));
  const unanswered = orders.filter(({ id, state }) => state !== 'rejected' && !informed.has(id)).length;
  const rows: (readonly [string, number | string])[] = [
    ['seed', report.seed],
    ['seconds of faults', report.seconds],
    ...sorted(struck).map(([name, count]) => [`fault: ${name}`, count] as const),
    ['clicks bought', clicksWith('bought')],
    ['clicks refused', clicksWith('refused')],
    ...sorted(answers).map(([name, count]) => [`answer: ${name}`, count] as const),
    ...ORDER_STATES.map(
      (state) => [`orders ${state}`, orders.filter((order) => order.state === state).length] as const,
    ),
    ['orders whose buyer got no answer', unanswered],
    ['longest time without a 201, s', (report.longestDroughtMs / 1000).toFixed(1)],
    ['pending empty after, s', (report.pendingEmptyMs / 1000).toFixed(1)],
    ...checks.map(({ promise, broken }) => [`broken: ${promise}`, broken.length] as const),
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  const table = rows.map(([name, value]) => `${name.padEnd(width)}  ${String(value).padStart(8)}`);
  const examples = checks.flatMap(({ promise, broken }) =>
    broken.length === 0 ? [] : [`${promise}: broken`, ...broken.slice(0, EXAMPLES).map((line) => `  ${line}`)],
  );
  return [...table, ...examples, ...(examples.length > 0 ? [`logs: ${report.logs}`] : [])].join('\n');
}

const sorted = (counts: ReadonlyMap<string, number>) => [...counts].sort(([a], [b]) => (a < b ? -1 : 1));
