import type { TimelinePoint } from '../ports/live-state.ts';

/** Points of a timeline at the most: an hour, second by second. */
export const MAX_TIMELINE_POINTS = 3600;

/** Lengths of a point, seconds, up to a week; each divides the next one, so that points are merged without being read again. */
const STEPS = [1, 5, 15, 60, 300, 900, 3600, 21_600, 86_400, 604_800] as const;

export interface CoarseTimeline {
  /** Length of each point, seconds. */
  readonly stepSeconds: number;
  /** In ascending order; those without a reservation are left out. `second` is the start, a multiple of the step. */
  readonly points: readonly TimelinePoint[];
}

/**
 * Adds a timeline up in the shortest step that has at most `maxPoints` points with reservations (in the longest one there may
 * be more, after 69 years). Memory: that many points, however many pages there are.
 */
export async function coarseTimeline(
  pages: AsyncIterable<readonly TimelinePoint[]>,
  maxPoints: number = MAX_TIMELINE_POINTS,
): Promise<CoarseTimeline> {
  let step = 0;
  let points = new Map<number, number>();
  const add = (second: number, reserved: number): void => {
    const start = second - (second % (STEPS[step] ?? 1));
    points.set(start, (points.get(start) ?? 0) + reserved);
  };
  for await (const page of pages) {
    for (const { second, reserved } of page) {
      if (reserved <= 0) continue;
      add(second, reserved);
      while (points.size > maxPoints && step < STEPS.length - 1) {
        const finer = points;
        points = new Map();
        step += 1;
        for (const [start, sum] of finer) add(start, sum);
      }
    }
  }
  const ascending = Array.from(points, ([second, reserved]) => ({ second, reserved }));
  return { stepSeconds: STEPS[step] ?? 1, points: ascending.sort((a, b) => a.second - b.second) };
}
