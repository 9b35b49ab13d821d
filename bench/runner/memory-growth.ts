import { median } from '../support/statistics.ts';
import type { MemoryResult } from './report.ts';

export interface MemorySample {
  readonly ms: number;
  readonly mb: number;
}

/** Medians of tenths: a single sample may be from just before or just after a garbage collection. */
const PARTS = 10;
const MINUTE_MS = 60_000;

/** The median of each tenth of the time, the growth from the first to the last, and the least-squares slope of all samples. */
export function growthOf(
  samples: readonly MemorySample[],
): Pick<MemoryResult, 'tenthsMb' | 'growthMb' | 'slopeMbPerMinute'> {
  const tenthsMb = partsOf(samples).map((part) => median(part.map(({ mb }) => mb)));
  return {
    tenthsMb,
    growthMb: (tenthsMb.at(-1) ?? 0) - (tenthsMb[0] ?? 0),
    slopeMbPerMinute: slopeOf(samples) * MINUTE_MS,
  };
}

function partsOf(samples: readonly MemorySample[]): readonly (readonly MemorySample[])[] {
  const parts = Math.min(PARTS, samples.length);
  const from = (part: number) => Math.round((part * samples.length) / parts);
  return Array.from({ length: parts }, (_, part) => samples.slice(from(part), from(part + 1)));
}

function slopeOf(samples: readonly MemorySample[]): number {
  const mean = (pick: (sample: MemorySample) => number) =>
    samples.reduce((sum, one) => sum + pick(one), 0) / samples.length;
  const [ms, mb] = [mean((one) => one.ms), mean((one) => one.mb)];
  const variance = samples.reduce((sum, one) => sum + (one.ms - ms) ** 2, 0);
  return variance === 0 ? 0 : samples.reduce((sum, one) => sum + (one.ms - ms) * (one.mb - mb), 0) / variance;
}
