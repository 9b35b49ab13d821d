import type { TimelinePoint } from '../../src/ports/live-state.ts';

/** The timeline of these pages: each second once, in ascending order. */
export async function wholeTimeline(pages: AsyncIterable<readonly TimelinePoint[]>): Promise<readonly TimelinePoint[]> {
  const seconds = new Map<number, number>();
  for await (const page of pages) {
    for (const { second, reserved } of page) seconds.set(second, (seconds.get(second) ?? 0) + reserved);
  }
  return Array.from(seconds, ([second, reserved]) => ({ second, reserved }))
    .filter(({ reserved }) => reserved > 0)
    .toSorted((a, b) => a.second - b.second);
}
