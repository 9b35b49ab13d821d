import type { Sale } from '../../src/domain/sale.ts';

/** Signs the tokens of benchmark buyers; it protects nothing. */
export const SECRET = 'the secret of a benchmark, it guards nothing at all';

/** An isolated installation of Floodgate; the caller starts its processes. */
export interface Installation {
  /** Settings for its processes. */
  readonly env: Record<string, string>;
  publish(sale: Sale): Promise<Sale>;
  /** How many orders of the sale are stored as reserved. */
  stored(saleId: string): Promise<number>;
  remove(): Promise<void>;
}
