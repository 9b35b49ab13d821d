import type { BenchOptions } from '../runner/options.ts';
import { createProgress } from '../runner/progress.ts';
import type { MicroResult } from '../runner/report.ts';
import { codecMicros } from './codecs.ts';
import { operatorMicros } from './operators.ts';
import { time } from './timing.ts';

const MICROS = [...operatorMicros, ...codecMicros];

/** A tenth of a scenario's round is plenty for what takes microseconds. */
const ROUND_SHARE = 0.1;

/** Those whose names have one of the words; all without one. */
export async function runMicro({ names, rounds, seconds }: BenchOptions): Promise<readonly MicroResult[]> {
  const chosen = MICROS.filter(({ name }) => names.length === 0 || names.some((word) => name.includes(word)));
  const progress = createProgress(chosen.length);
  const results = chosen.map((micro): MicroResult => {
    progress.next(micro.name);
    progress.step(`${rounds} rounds`);
    const nsPerOp = time(micro, { rounds, ms: seconds * 1000 * ROUND_SHARE });
    return { name: micro.name, nsPerOp, date: new Date().toISOString() };
  });
  progress.end();
  return results;
}
