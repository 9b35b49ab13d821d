import { describe, expect, it } from 'vitest';
import { createTimeText } from './time-text.ts';

describe('createTimeText', () => {
  it('writes the same as Date, independent of earlier calls', () => {
    const timeText = createTimeText();
    const start = Date.UTC(2026, 10, 21, 9, 6, 55);
    const times = [
      start,
      start + 7,
      start + 7,
      start + 999,
      start + 1000,
      start + 45,
      0,
      1,
      253_402_300_799_999,
      start,
    ];
    expect(times.map(timeText)).toEqual(times.map((ms) => new Date(ms).toISOString()));
  });
});
