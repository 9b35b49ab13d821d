import { describe, expect, it } from 'vitest';
import { leftMs, leftText } from './progress.ts';

describe('leftMs', () => {
  it('expects of the rest what the first ones took', () => {
    expect(leftMs(2, 10, 4000)).toBe(16_000);
  });

  it('expects nothing before the first one is done, and has nothing left after the last', () => {
    expect(leftMs(0, 10, 4000)).toBeUndefined();
    expect(leftMs(10, 10, 4000)).toBe(0);
  });
});

describe('leftText', () => {
  it.each([
    [undefined, ''],
    [1, ', 1 s left'],
    [59_000, ', 59 s left'],
    [61_000, ', 2 min left'],
  ])('of %s is "%s"', (ms, text) => {
    expect(leftText(ms)).toBe(text);
  });
});
