import { median } from '../support/spread.ts';
import type { MemoryResult } from './report.ts';

export interface MemorySample {
  readonly ms: number;
  readonly mb: number;
}

/** Of a run's start and of its end: a single look may fall before or after a collection. */
const END_SHARE = 0.1;
const MINUTE_MS = 60_000;

/** From the median of the first tenth to that of the last; the slope is of all samples, by least squares. */
export function growthOf(
  samples: readonly MemorySample[],
): Pick<MemoryResult, 'startMb' | 'growthMb' | 'slopeMbPerMinute'> {
  const share = Math.max(1, Math.round(samples.length * END_SHARE));
  const middle = (some: readonly MemorySample[]) => median(some.map(({ mb }) => mb));
  const startMb = middle(samples.slice(0, share));
  return {
    startMb,
    growthMb: middle(samples.slice(-share)) - startMb,
    slopeMbPerMinute: slopeOf(samples) * MINUTE_MS,
  };
}

function slopeOf(samples: readonly MemorySample[]): number {
  const mean = (of: (sample: MemorySample) => number) =>
    samples.reduce((sum, one) => sum + of(one), 0) / samples.length;
  const [ms, mb] = [mean((one) => one.ms), mean((one) => one.mb)];
  const spread = samples.reduce((sum, one) => sum + (one.ms - ms) ** 2, 0);
  return spread === 0 ? 0 : samples.reduce((sum, one) => sum + (one.ms - ms) * (one.mb - mb), 0) / spread;
}
