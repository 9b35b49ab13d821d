import type { Spread } from '../support/spread.ts';

const thousands = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

export const wholeOf = (value: number): string => (Number.isFinite(value) ? thousands.format(value) : '-');

/** A share of 1, with its spread: `0.412 (0.398..0.431)`. */
export const ratioText = ({ median, min, max }: Spread): string =>
  `${median.toFixed(3)} (${min.toFixed(3)}..${max.toFixed(3)})`;

/** Milliseconds and the like: three digits that matter, of whatever size. */
export function briefly(value: number): string {
  if (!Number.isFinite(value)) return '-';
  if (Math.abs(value) >= 100) return wholeOf(value);
  return value.toFixed(Math.abs(value) >= 10 ? 1 : 2);
}
