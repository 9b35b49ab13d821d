/** Tickets left, as of a version that the queue counts up with each change: of two, the one of the greater is newer. */
export interface Stock {
  readonly remaining: number;
  readonly version: number;
}

/** Leaves room for four billion changes an epoch and two million epochs in a safe integer. */
const CHANGES_PER_EPOCH = 2 ** 32;

/**
 * `changes` counts what was taken and returned since the queue was made for this epoch. A queue that was rebuilt counts
 * from 0 again, under a greater epoch, so versions rise all the same.
 */
export function stockVersion(epoch: number, changes: number): number {
  return epoch * CHANGES_PER_EPOCH + changes;
}
