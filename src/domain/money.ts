/** The most that all tickets of a sale may cost: whole numbers up to here are exact in JavaScript, and in JSON. */
export const MAX_AMOUNT = Number.MAX_SAFE_INTEGER;

/** An amount in the currency's minor unit, such as cents. */
export interface Money {
  /** Whole minor units, 0 to 2^53 - 1. */
  readonly amount: number;
  /** ISO 4217 code, three capital letters. */
  readonly currency: string;
}
