export interface Stats {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** Of an even count the mean of the two middle numbers; 0 for an empty list. */
export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? 0;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? 0;
  return (lower + upper) / 2;
}

/** All 0 for an empty list. */
export function statsOf(numbers: readonly number[]): Stats {
  if (numbers.length === 0) return { median: 0, min: 0, max: 0 };
  return { median: median(numbers), min: Math.min(...numbers), max: Math.max(...numbers) };
}

/** The value below which `share` (0 to 1) of the ascending numbers lie; 0 for an empty list. */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
