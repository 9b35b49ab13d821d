/** ISO 4217's minor units, where they have not two digits; Intl's digits are others, by a factor of up to 1,000. */
const OTHER_DIGITS = {
  0: 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF',
  3: 'BHD IQD JOD KWD LYD OMR TND',
  4: 'CLF UYW',
} as const;

const DIGITS: ReadonlyMap<string, number> = new Map(
  Object.entries(OTHER_DIGITS).flatMap(([digits, codes]) => codes.split(' ').map((code) => [code, Number(digits)])),
);

/** How many digits the amounts of a currency have after the point: an amount is a whole number of these units. */
export function minorDigitsOf(currency: string): number {
  return DIGITS.get(currency) ?? 2;
}
