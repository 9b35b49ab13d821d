/** Tickets left, as of a version that the queue counts up with each change: of two, the one of the greater is newer. */
export interface Stock {
  readonly remaining: number;
  readonly version: number;
}
