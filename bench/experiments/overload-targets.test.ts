import { describe, expect, it } from 'vitest';
import { type Outcome, overloadTexts } from './overload-targets.ts';

const at = (multiple: number, soldPerSecond: number, more: Partial<Outcome> = {}): Outcome => ({
  multiple,
  soldPerSecond,
  refused: 500,
  refusedP99Ms: 40,
  generatorBusy: 0.5,
  ...more,
});

describe('overloadTexts', () => {
  it('has the share of the peak at the greatest multiple, wherever the peak was', () => {
    expect(overloadTexts([at(1, 1000), at(2, 1200), at(10, 1080)], 900)[0]).toBe(
      'at 10 times the capacity it sells 0.90 of its peak (at least 0.85: met)',
    );
    expect(overloadTexts([at(1, 1000), at(10, 1080)], 1500)[0]).toContain('0.72 of its peak (at least 0.85: MISSED)');
  });

  it('judges how fast refusals are', () => {
    expect(overloadTexts([at(10, 1)], 1)[1]).toContain('a p99 of 40 ms since they were sent (at most 100: met)');
    expect(overloadTexts([at(10, 1, { refusedP99Ms: 140 })], 1)[1]).toContain(
      '140 ms since they were sent (at most 100: MISSED)',
    );
    expect(overloadTexts([at(10, 1, { refused: 0, refusedP99Ms: 0 })], 1)[1]).toBe(
      'at 10 times the capacity nothing is refused',
    );
  });

  it('says when the generator is part of what is measured', () => {
    expect(overloadTexts([at(10, 1)], 1)).toHaveLength(2);
    expect(overloadTexts([at(10, 1, { generatorBusy: 0.97 })], 1)[2]).toContain('busy for 0.97 of the time');
  });
});
