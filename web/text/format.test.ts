import { describe, expect, it } from 'vitest';
import { clockText, durationText, moneyText } from './format.ts';

const at = (days: number, hours: number, minutes: number, seconds: number): number =>
  (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1_000;

describe('the time left', () => {
  it.each([
    [0, '0:00'],
    [-5_000, '0:00'],
    [1, '0:01'],
    [at(0, 0, 0, 7), '0:07'],
    [at(0, 0, 0, 7) + 1, '0:08'],
    [at(0, 0, 14, 59), '14:59'],
    [at(0, 1, 0, 0), '1:00:00'],
    [at(2, 3, 4, 5), '2 d 03:04:05'],
  ])('of %d ms is shown as %s: a started second counts as whole', (ms, text) => {
    expect(clockText(ms)).toBe(text);
  });

  it.each([
    [0, 'a moment'],
    [at(0, 0, 0, 1), '1 second'],
    [at(0, 0, 15, 0), '15 minutes'],
    [at(0, 0, 2, 5), '2 minutes 5 seconds'],
    [at(0, 1, 0, 5), '1 hour'],
    [at(3, 1, 2, 3), '3 days 1 hour'],
  ])('of %d ms in words is %s', (ms, text) => {
    expect(durationText(ms)).toBe(text);
  });
});

describe('money', () => {
  it('has as many minor units as its currency', () => {
    // The separators depend on the locale.
    expect(moneyText({ amount: 12_999, currency: 'USD' })).toMatch(/129[.,]99/);
    expect(moneyText({ amount: 500, currency: 'JPY' })).toMatch(/500(?![.,]\d)/);
    expect(moneyText({ amount: 12_345, currency: 'KWD' })).toMatch(/12[.,]345/);
  });
});
