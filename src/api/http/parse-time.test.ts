import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseTime } from './parse-time.ts';
import { createTimeText } from './time-text.ts';

describe('a time', () => {
  it('that createTimeText wrote is parsed as the same moment', () => {
    const text = createTimeText();
    fc.assert(
      fc.property(fc.integer({ min: 0, max: Date.UTC(9999, 11, 31, 23, 59, 59, 999) }), (ms) => {
        expect(parseTime(text(ms))).toBe(ms);
      }),
    );
  });

  it.each([
    ['2026-11-21T09:06:55Z', Date.UTC(2026, 10, 21, 9, 6, 55)],
    ['2026-11-21t09:06:55.5z', Date.UTC(2026, 10, 21, 9, 6, 55, 500)],
    ['2026-11-21T09:06:55.120000000Z', Date.UTC(2026, 10, 21, 9, 6, 55, 120)],
    ['2026-11-21T09:06:55.012+05:30', Date.UTC(2026, 10, 21, 3, 36, 55, 12)],
    ['2026-12-31T23:30:00-01:00', Date.UTC(2027, 0, 1, 0, 30)],
    ['2028-02-29T00:00:00Z', Date.UTC(2028, 1, 29)],
    ['1970-01-01T01:00:00+01:00', 0],
  ])('%s is parsed', (text, ms) => {
    expect(parseTime(text)).toBe(ms);
  });

  it.each([
    '',
    'tomorrow',
    '2026-11-21',
    '2026-11-21T09:06Z',
    '2026-11-21T09:06:55',
    '2026-11-21 09:06:55Z',
    '2026-11-21T09:06:55.Z',
    '2026-11-21T09:06:55.1201Z',
    '2026-11-21T24:00:00Z',
    '2026-11-21T09:60:00Z',
    '2026-11-21T09:06:60Z',
    '2026-11-21T09:06:55+24:00',
    '2026-11-21T09:06:55+0100',
    '2026-02-29T00:00:00Z',
    '2026-04-31T00:00:00Z',
    '2026-00-10T00:00:00Z',
    '2026-13-10T00:00:00Z',
    '0026-11-21T09:06:55Z',
    '1969-12-31T23:59:59.999Z',
    '1970-01-01T00:00:00+00:01',
    '9999-12-31T23:59:59.999-00:01',
    '12026-11-21T09:06:55Z',
    '2026-11-21T09:06:55Z\n',
  ])('%j is refused', (text) => {
    expect(parseTime(text)).toBeUndefined();
  });
});
