import { describe, expect, it } from 'vitest';
import { isLimitedByGenerator, medianSteps, openLoopRows } from './open-loop-steps.ts';
import { aResult } from './sample-result.ts';
import type { OpenLoopStep } from './scenario.ts';

const aStep = (more: Partial<OpenLoopStep> = {}): OpenLoopStep => ({
  share: 0.5,
  perSecond: 10_000,
  p50Ms: 2,
  p99Ms: 20,
  p999Ms: 45,
  unanswered: 0,
  generator: { busy: 0.4, lagP99Ms: 3 },
  ...more,
});

describe('medianSteps', () => {
  it('has the medians of each share on its own', () => {
    const rounds = [20, 40, 30].map((p99Ms) => [aStep({ p99Ms }), aStep({ share: 0.8, p99Ms: p99Ms * 10 })]);
    expect(medianSteps(rounds).map(({ share, p99Ms }) => [share, p99Ms])).toEqual([
      [0.5, 30],
      [0.8, 300],
    ]);
    expect(medianSteps([])).toEqual([]);
  });
});

describe('isLimitedByGenerator', () => {
  it.each([
    [{ busy: 0.4, lagP99Ms: 3 }, false],
    [{ busy: 0.95, lagP99Ms: 3 }, true],
    [{ busy: 0.4, lagP99Ms: 11 }, true],
  ])('with a generator of %o and a p99 of 20 ms: %s', (generator, isLimited) => {
    expect(isLimitedByGenerator(aStep({ generator }))).toBe(isLimited);
  });
});

describe('openLoopRows', () => {
  it('has the three percentiles of each step, and says what limits them', () => {
    const openLoop = [aStep(), aStep({ share: 0.8, unanswered: 3, generator: { busy: 0.97, lagP99Ms: 3 } })];
    const [half, most] = openLoopRows([aResult({ openLoop }), aResult()]);
    expect(half).toMatchObject({ share: '0.5', 'p50, p99, p99.9, ms': '2.00, 20.0, 45.0', 'limited by': '' });
    expect(most).toMatchObject({
      share: '0.8',
      unanswered: '3',
      'generator: busy, lag p99, ms': '0.97, 3.00',
      'limited by': 'the generator',
    });
  });
});
