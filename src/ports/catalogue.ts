import type { Sale } from '../domain/sale.ts';

export interface Product {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly imageUrl?: string;
  /** Raised by one with each change. */
  readonly version: number;
}

export interface SaleQuery {
  /** Only sales behind this id, in the order of ids. */
  readonly after?: string;
  /** 1 to 201: a page of 200, and one more that tells whether another page follows. */
  readonly limit: number;
  /** Also those that buyers can't see: see `isPublic`. */
  readonly includeDrafts: boolean;
  /** Only sales that close later than this, milliseconds since 1970. */
  readonly endsAfter?: number;
}

export interface ProductQuery {
  /** Only products behind this id, in the order of ids. */
  readonly after?: string;
  /** 1 to 201. */
  readonly limit: number;
}

/**
 * Products and sales as the admin made them. What is saved names the version that it was made from, and is saved only if
 * that is still the stored one (an optimistic lock): of two who change the same thing at once, one is told.
 * Errors: Fault `unavailable` or `timeout`.
 */
export interface Catalogue {
  sale(saleId: string): Promise<Sale | undefined>;

  /** By id, ascending. */
  sales(query: SaleQuery): Promise<readonly Sale[]>;

  /** False when the id is taken. */
  addSale(sale: Sale): Promise<boolean>;

  /** Stores `sale` over the one whose version is `sale.version - 1`; false when that is not the stored one. */
  saveSale(sale: Sale): Promise<boolean>;

  product(productId: string): Promise<Product | undefined>;

  /** By id, ascending. */
  products(query: ProductQuery): Promise<readonly Product[]>;

  /** False when the id is taken. */
  addProduct(product: Product): Promise<boolean>;

  /** As `saveSale`. */
  saveProduct(product: Product): Promise<boolean>;

  /** Removes it, unless a sale (of any status) sells it, in one statement. */
  removeProduct(productId: string): Promise<'removed' | 'inUse' | 'unknown'>;
}
