import type { Sale } from '../domain/sale.ts';

export interface Product {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly imageUrl?: string;
}

export interface SaleQuery {
  /** Only sales behind this id, in the order of ids. */
  readonly after?: string;
  /** 1 to 200. */
  readonly limit: number;
  readonly includeDrafts: boolean;
}

/** Products and sales as the admin made them. Errors: Fault `unavailable` or `timeout`. */
export interface Catalogue {
  sale(saleId: string): Promise<Sale | undefined>;

  /** By id, ascending. */
  sales(query: SaleQuery): Promise<readonly Sale[]>;

  /** Inserts or replaces; for the demo's data and for tests. */
  putProduct(product: Product): Promise<void>;
  putSale(sale: Sale): Promise<void>;
}
