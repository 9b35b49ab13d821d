import { median } from '../support/spread.ts';
import type { MemoryResult } from './report.ts';

export interface MemorySample {
  readonly ms: number;
  readonly mb: number;
}

/** A single look may fall before or after a collection. */
const PARTS = 10;
const MINUTE_MS = 60_000;

/** The medians of each tenth of the time, and from the first of them to the last; the slope is of all samples, by least squares. */
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
  const mean = (of: (sample: MemorySample) => number) =>
    samples.reduce((sum, one) => sum + of(one), 0) / samples.length;
  const [ms, mb] = [mean((one) => one.ms), mean((one) => one.mb)];
  const spread = samples.reduce((sum, one) => sum + (one.ms - ms) ** 2, 0);
  return spread === 0 ? 0 : samples.reduce((sum, one) => sum + (one.ms - ms) * (one.mb - mb), 0) / spread;
}
