import type { Stats } from '../support/statistics.ts';

const thousands = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

export const wholeOf = (value: number): string => (Number.isFinite(value) ? thousands.format(value) : '-');

/** Median, minimum and maximum: `0.412 (0.398..0.431)`. */
export const ratioText = ({ median, min, max }: Stats): string =>
  `${median.toFixed(3)} (${min.toFixed(3)}..${max.toFixed(3)})`;

/** A value with three significant digits, or whole if it is larger. */
export function threeDigits(value: number): string {
  if (!Number.isFinite(value)) return '-';
  if (Math.abs(value) >= 100) return wholeOf(value);
  return value.toFixed(Math.abs(value) >= 10 ? 1 : 2);
}
