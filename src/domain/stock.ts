/** The remaining tickets. The queue raises the version with each change, so the greater of two versions is newer. */
export interface Stock {
  readonly remaining: number;
  readonly version: number;
}

/** A safe integer has room for four billion changes per epoch and two million epochs. */
const CHANGES_PER_EPOCH = 2 ** 32;

/**
 * @param changes tickets taken, returned and added since the queue was built for this epoch. A rebuilt queue counts from 0 again,
 * with a greater epoch, so versions still increase.
 */
export function stockVersion(epoch: number, changes: number): number {
  return epoch * CHANGES_PER_EPOCH + changes;
}
