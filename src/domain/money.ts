/** An amount in the currency's minor unit, such as cents. */
export interface Money {
  /** Whole minor units, 0 to 2^53 - 1. */
  readonly amount: number;
  /** ISO 4217 code, three capital letters. */
  readonly currency: string;
}
