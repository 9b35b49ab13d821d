import { commit } from '../runner/machine.ts';
import type { BenchOptions } from '../runner/options.ts';
import { UsageError } from '../runner/options.ts';
import { createProgress } from '../runner/progress.ts';
import type { MicroResult } from '../runner/report.ts';
import { codecMicros } from './codecs.ts';
import { operatorMicros } from './operators.ts';
import { type Micro, time } from './timing.ts';

const MICROS: readonly Micro[] = [...operatorMicros, ...codecMicros];

export const MICRO_NAMES: readonly string[] = MICROS.map(({ name }) => name);

/** Operations that take microseconds need only a tenth of a scenario's round. */
const ROUND_SHARE = 0.1;

/** Micro-benchmarks whose name contains one of the words; all without words. Errors: {@link UsageError} for a word without a match. */
export function chooseMicros(words: readonly string[]): readonly Micro[] {
  for (const word of words) {
    if (!MICRO_NAMES.some((name) => name.includes(word))) {
      throw new UsageError(`no micro-benchmark has ${word} in its name; there are ${MICRO_NAMES.join('; ')}`);
    }
  }
  return MICROS.filter(({ name }) => words.length === 0 || words.some((word) => name.includes(word)));
}

export function runMicro(
  micros: readonly Micro[],
  { rounds, seconds }: Pick<BenchOptions, 'rounds' | 'seconds'>,
): readonly MicroResult[] {
  const progress = createProgress(micros.length);
  const results = micros.map((micro): MicroResult => {
    progress.next(micro.name);
    progress.step(`${rounds} rounds`);
    const nsPerOp = time(micro, { rounds, ms: seconds * 1000 * ROUND_SHARE });
    return { name: micro.name, nsPerOp, date: new Date().toISOString(), commit: commit() };
  });
  progress.end();
  return results;
}
