import { describe, expect, it } from 'vitest';
import { leftMs, leftText } from './progress.ts';

describe('leftMs', () => {
  it('assumes that the rest take as long as the first ones', () => {
    expect(leftMs(2, 10, 4000)).toBe(16_000);
  });

  it('is undefined before the first is done, and 0 after the last', () => {
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
  ])('for %s is "%s"', (ms, text) => {
    expect(leftText(ms)).toBe(text);
  });
});
