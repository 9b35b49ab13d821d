import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TimelinePoint } from '../ports/live-state.ts';
import { coarseTimeline, MAX_TIMELINE_POINTS } from './coarse-timeline.ts';

const START = 1_893_456_000;

async function* pagesOf(points: Iterable<TimelinePoint>, size = 100): AsyncGenerator<readonly TimelinePoint[]> {
  let page: TimelinePoint[] = [];
  for (const point of points) {
    page.push(point);
    if (page.length === size) {
      yield page;
      page = [];
    }
  }
  yield page;
}

function* everySecond(seconds: number): Generator<TimelinePoint> {
  for (let n = 0; n < seconds; n += 1) yield { second: START + n, reserved: 1 };
}

describe('a timeline', () => {
  it.each([
    ['an hour', MAX_TIMELINE_POINTS, 1, MAX_TIMELINE_POINTS],
    ['a second more than an hour', MAX_TIMELINE_POINTS + 1, 5, 721],
    ['a day', 86_400, 60, 1440],
    ['a week', 600_000, 300, 2000],
  ])('of a sale in each second of %s has a step that bounds its points', async (_, seconds, stepSeconds, length) => {
    const { points, ...timeline } = await coarseTimeline(pagesOf(everySecond(seconds)));
    expect(timeline).toEqual({ stepSeconds });
    expect(points).toHaveLength(length);
    expect(points.reduce((sum, { reserved }) => sum + reserved, 0)).toBe(seconds);
  });

  it('keeps its seconds if few of a long time have a reservation', async () => {
    const points = [0, 86_400, 7 * 86_400].map((after) => ({ second: START + after, reserved: 2 }));
    expect(await coarseTimeline(pagesOf(points))).toEqual({ stepSeconds: 1, points });
  });

  it('is empty without a reservation', async () => {
    expect(await coarseTimeline(pagesOf([]))).toEqual({ stepSeconds: 1, points: [] });
  });

  it('is the same in whatever order and parts its seconds come, and loses no reservation', async () => {
    const point = fc.record({ second: fc.integer({ min: START, max: START + 9999 }), reserved: fc.nat(9) });
    await fc.assert(
      fc.asyncProperty(fc.array(point), fc.integer({ min: 1, max: 7 }), async (parts, size) => {
        const timeline = await coarseTimeline(pagesOf(parts, size), 8);
        const { stepSeconds, points } = timeline;
        expect(await coarseTimeline(pagesOf(parts.toReversed(), 3), 8)).toEqual(timeline);
        expect(points.length).toBeLessThanOrEqual(8);
        const sums = new Map<number, number>();
        for (const { second, reserved } of parts) {
          if (reserved === 0) continue;
          const start = second - (second % stepSeconds);
          sums.set(start, (sums.get(start) ?? 0) + reserved);
        }
        const expected = [...sums].sort(([a], [b]) => a - b).map(([second, reserved]) => ({ second, reserved }));
        expect(points).toEqual(expected);
      }),
    );
  });
});
