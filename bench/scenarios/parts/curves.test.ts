import { describe, expect, it } from 'vitest';
import { curvesOf } from './curves.ts';
import { sinceTheFirst } from './watched.ts';

const at = (ms: number, remaining: number, sold: number, refused: number) => ({ ms, remaining, sold, refused });

describe('curvesOf', () => {
  const moments = [
    at(0, 100, 0, 0),
    at(200, 50, 50, 0),
    at(400, 0, 100, 10),
    at(600, 0, 100, 210),
    at(800, 0, 100, 410),
    at(5000, 0, 100, 410),
  ];

  it('counts sales to the last ticket', () => {
    expect(curvesOf(moments)).toMatchObject({ soldPerSecond: 250, soldOutAfterMs: 400 });
  });

  it('counts refusals from the last ticket to the last refusal, and not the silence after it', () => {
    expect(curvesOf(moments).refusedPerSecond).toBe(1000);
  });

  it('says of a sale that was not sold out what it sold', () => {
    const { soldPerSecond, refusedPerSecond, soldOutAfterMs } = curvesOf(moments.slice(0, 2));
    expect([soldPerSecond, refusedPerSecond, soldOutAfterMs]).toEqual([250, 0, Number.NaN]);
  });

  it('makes nothing of nothing', () => {
    expect(curvesOf([])).toMatchObject({ soldPerSecond: 0, refusedPerSecond: 0 });
  });
});

describe('sinceTheFirst', () => {
  it('begins with the last moment before anybody bought', () => {
    const moments = [at(0, 9, 0, 0), at(50, 9, 0, 0), at(100, 5, 4, 0), at(150, 5, 4, 3)];
    expect(sinceTheFirst(moments)).toEqual([at(0, 9, 0, 0), at(50, 5, 4, 0), at(100, 5, 4, 3)]);
  });

  it('keeps all of a watch that came too late, and nothing of none', () => {
    expect(sinceTheFirst([at(10, 5, 4, 0)])).toEqual([at(0, 5, 4, 0)]);
    expect(sinceTheFirst([])).toEqual([]);
  });
});
