/** Twice what the fastest run has sold. */
const TICKETS_PER_SECOND = 80_000;

/** More tickets than a load of so many seconds can sell. */
export function plenty(seconds: number): number {
  return Math.ceil(seconds) * TICKETS_PER_SECOND;
}
