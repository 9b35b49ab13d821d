import type { Sale } from '../domain/sale.ts';

export interface Product {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly imageUrl?: string;
  /** Raised by one with each change. */
  readonly version: number;
}

export const SALE_ACTIONS = [
  'changed',
  'published',
  'paused',
  'resumed',
  'extended',
  'stock_added',
  'closed',
  'archived',
] as const;

export type SaleAction = (typeof SALE_ACTIONS)[number];

/** What an admin did to a sale. */
export interface SaleChange {
  readonly action: SaleAction;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** The admin's user id. */
  readonly by: string;
  /** The settings that it changed. Times are in milliseconds since 1970; null stands for none. */
  readonly changes: readonly {
    readonly name: string;
    readonly from: string | number | null;
    readonly to: string | number | null;
  }[];
  /** The Idempotency-Key of the request, if a repetition must find it. */
  readonly key?: string;
}

/** A change, and the version of the sale that it made. */
export type SaleHistoryEntry = SaleChange & { readonly version: number };

export interface SaleHistoryQuery {
  readonly saleId: string;
  /** Only changes that made an older version. */
  readonly before?: number;
  /** 1 to 201. */
  readonly limit: number;
}

export interface SaleQuery {
  /** Only sales with a greater id. */
  readonly after?: string;
  /** 1 to 201: a page of 200, and one more that shows whether another page follows. */
  readonly limit: number;
  /** Whether to include sales that buyers can't see; see `isPublic`. */
  readonly includeDrafts: boolean;
  /** Only sales that close later than this, milliseconds since 1970. */
  readonly endsAfter?: number;
}

export interface ProductQuery {
  /** Only products with a greater id. */
  readonly after?: string;
  /** 1 to 201. */
  readonly limit: number;
}

/**
 * The admin's products and sales, with optimistic locking: a change names the version that it was made from, and is saved
 * only while that is the stored one, so that of two concurrent changes one fails.
 * Errors: Fault `unavailable` or `timeout`.
 */
export interface Catalogue {
  sale(saleId: string): Promise<Sale | undefined>;

  /**
   * A number that increases with each change of a sale, and with each new one: while it is the same, so are all sales. It
   * tells a caller that has read them whether to read them again.
   */
  salesRevision(): Promise<number>;

  /** In ascending order of ids. */
  sales(query: SaleQuery): Promise<readonly Sale[]>;

  /** Returns false when the id is taken. */
  addSale(sale: Sale): Promise<boolean>;

  /**
   * Replaces the sale of version `sale.version - 1`, and adds the change to the sale's history, both or neither; returns false
   * when that is not the stored version.
   */
  saveSale(sale: Sale, change?: SaleChange): Promise<boolean>;

  /**
   * Removes the draft, for good: its id is never used again. Returns false when another version is stored, or none. `who` is
   * kept.
   */
  removeDraft(draft: Pick<Sale, 'id' | 'version'>, who: Pick<SaleChange, 'by' | 'at'>): Promise<boolean>;

  /** The change with this key in the sale's history. */
  saleChange(saleId: string, key: string): Promise<SaleHistoryEntry | undefined>;

  /** Newest first. */
  saleHistory(query: SaleHistoryQuery): Promise<readonly SaleHistoryEntry[]>;

  product(productId: string): Promise<Product | undefined>;

  /** In ascending order of ids. */
  products(query: ProductQuery): Promise<readonly Product[]>;

  /** Returns false when the id is taken. */
  addProduct(product: Product): Promise<boolean>;

  /** As `saveSale`. */
  saveProduct(product: Product): Promise<boolean>;

  /** Removes the product unless a sale, of any status, is of it; in one statement. */
  removeProduct(productId: string): Promise<'removed' | 'inUse' | 'unknown'>;
}
