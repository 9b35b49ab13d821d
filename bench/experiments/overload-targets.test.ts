import { describe, expect, it } from 'vitest';
import { floodTexts, type Outcome, overloadTexts } from './overload-targets.ts';

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

describe('floodTexts', () => {
  const flood = {
    connections: 10_000,
    peakPerSecond: 20_000,
    soldPerSecond: 17_000,
    refusedPerSecond: 9000,
    refusedP99Ms: 101,
    acceptedP99Ms: 700,
  };

  it('judges the share of the peak and the refusals of the probe', () => {
    const [sold, probe] = floodTexts(flood);
    expect(sold).toContain('0.85 of its peak (at least 0.85: met): 17000 of 20000/s, beside 9000 refusals/s');
    expect(probe).toContain('a p99 of 101 ms (at most 100: MISSED), sales with a p99 of 700 ms');
    expect(floodTexts({ ...flood, soldPerSecond: 16_000 })[0]).toContain('0.80 of its peak (at least 0.85: MISSED)');
  });

  it('has no latency of refusals when there were none', () => {
    expect(floodTexts({ ...flood, refusedP99Ms: undefined })[1]).toContain('no refusals, sales');
  });
});
