import { describe, expect, it } from 'vitest';
import { minorDigitsOf } from '../../src/client/currencies.ts';
import { CURRENCIES, MINOR_DIGITS } from '../../src/domain/currencies.ts';
import { moneyText } from '../../web/text/format.ts';

/** Currencies of which Intl shows fewer digits than ISO 4217 counts. */
const SHORTENED = 'AFN ALL COP HUF IDR IRR KPW LAK LBP MGA MMK PKR RSD SOS SYP YER'.split(' ');

describe('a currency', () => {
  it('has the same minor unit on the server and on the page', () => {
    expect(CURRENCIES.length).toBeGreaterThan(150);
    for (const code of CURRENCIES) expect(`${code} ${minorDigitsOf(code)}`).toBe(`${code} ${MINOR_DIGITS.get(code)}`);
  });

  it.each(CURRENCIES.map((code) => [code]))('is shown with all digits of its minor unit: %s', (currency) => {
    const digits = MINOR_DIGITS.get(currency) ?? 0;
    const shown = moneyText({ amount: 123_456, currency }).replace(/[^\d]/g, '');
    expect(shown).toBe('123456');
    const one = moneyText({ amount: 10 ** digits, currency }).replace(/[^\d]/g, '');
    expect(one).toBe(`1${'0'.repeat(digits)}`);
  });

  it.each([...SHORTENED.map((code) => [code, /1[.,]50/] as const), ['IQD', /0[.,]150/] as const])(
    'is not shown 10 to 1,000 times too dear: %s',
    (currency, text) => {
      expect(moneyText({ amount: 150, currency })).toMatch(text);
    },
  );
});
