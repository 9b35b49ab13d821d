import { setFlagsFromString } from 'node:v8';

/**
 * How much V8's old generation may grow beyond what is alive in it before it is collected. By itself V8 lets it become
 * three times as large; what a stampede leaves there, entries that caches have dropped, then moves resident memory up and
 * down by a hundred megabytes.
 */
const GROWING_PERCENT = 50;

/** Keeps the heap of each thread near to what it holds. It counts from the next collection on. */
export function tidyHeap(): void {
  setFlagsFromString(`--heap-growing-percent=${GROWING_PERCENT}`);
}
