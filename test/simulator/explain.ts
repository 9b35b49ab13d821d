import type { Bugs } from './bugs.ts';
import { shrink } from './shrink.ts';
import { type SimulationResult, simulate } from './simulate.ts';

/** Orders, buyers and payments; for a violation that names none of them every line is relevant. */
const NAMES = /\b[0-9A-HJKMNP-TV-Z]{14}\b|\bbuyer\d+\b/g;
const ORDER_ID = /\b[0-9A-HJKMNP-TV-Z]{14}\b/g;
/** Faults of processes and servers, which are always relevant. */
const FAULT = / (is killed|starts|is stopped|resumes|is down|is back|is slow|is cut|heals|loses|is taken|recover)/;

/** Explains a failing seed: the violations, the smallest scenario that still fails, and the relevant lines. */
export async function explain(failed: SimulationResult, bugs: Bugs): Promise<string> {
  const small = await shrink(failed, bugs);
  const { violations, lines } = await simulate(failed.seed, { bugs, scenario: small.scenario, keepLines: true });
  const { sales: _, ...scenario } = small.scenario;
  return [
    `seed ${failed.seed}, trace ${failed.traceHash}:`,
    ...failed.violations.map((violation) => `  ${violation}`),
    'in the smallest scenario that still violates a promise:',
    ...violations.map((violation) => `  ${violation}`),
    `  ${JSON.stringify(scenario)}`,
    ...linesAbout(violations, lines).map((line) => `    ${line}`),
    `replay: npm run simulate -- --from ${failed.seed} --seeds 1${[...bugs].map((bug) => ` --bug ${bug}`).join('')}`,
  ].join('\n');
}

function linesAbout(violations: readonly string[], lines: readonly string[]): readonly string[] {
  const names = new Set(violations.flatMap((violation) => violation.match(NAMES) ?? []));
  if (names.size === 0) return lines;
  // The other orders in a batch are not relevant: names are taken only from the violations.
  return lines.filter((line) => {
    if (FAULT.test(line) || [...names].some((name) => line.includes(name))) return true;
    return line.includes('  check') && (line.match(ORDER_ID) ?? []).length === 0;
  });
}
