import { isPublic, type Sale } from '../../../src/domain/sale.ts';
import type {
  Catalogue,
  Product,
  ProductQuery,
  SaleChange,
  SaleHistoryEntry,
  SaleHistoryQuery,
  SaleQuery,
} from '../../../src/ports/catalogue.ts';

/** A catalogue in memory. */
export class MemoryCatalogue implements Catalogue {
  readonly #products = new Map<string, Product>();
  readonly #sales = new Map<string, Sale>();
  /** The versions of removed drafts, and one each. */
  #removed = 0;
  /** Newest first. */
  readonly #history = new Map<string, SaleHistoryEntry[]>();

  constructor(sales: readonly Sale[] = [], products: readonly Product[] = []) {
    for (const sale of sales) this.#sales.set(sale.id, sale);
    for (const product of products) this.#products.set(product.id, product);
  }

  async sale(saleId: string): Promise<Sale | undefined> {
    return this.#sales.get(saleId);
  }

  async salesRevision(): Promise<number> {
    let revision = this.#removed;
    for (const { version } of this.#sales.values()) revision += version;
    return revision;
  }

  async sales({ after = '', limit, includeDrafts, endsAfter = 0 }: SaleQuery): Promise<readonly Sale[]> {
    return [...this.#sales.values()]
      .filter((sale) => sale.id > after && sale.closesAt > endsAfter && (includeDrafts || isPublic(sale)))
      .sort(byId)
      .slice(0, limit);
  }

  async addSale(sale: Sale): Promise<boolean> {
    return add(this.#sales, sale);
  }

  async saveSale(sale: Sale, change?: SaleChange): Promise<boolean> {
    if (!save(this.#sales, sale)) return false;
    if (change !== undefined)
      this.#history.set(sale.id, [{ ...change, version: sale.version }, ...(this.#history.get(sale.id) ?? [])]);
    return true;
  }

  async removeDraft({ id, version }: Pick<Sale, 'id' | 'version'>): Promise<boolean> {
    const stored = this.#sales.get(id);
    if (stored?.version !== version || stored.status !== 'draft') return false;
    this.#sales.delete(id);
    this.#removed += version + 1;
    return true;
  }

  async saleChange(saleId: string, key: string): Promise<SaleHistoryEntry | undefined> {
    return (this.#history.get(saleId) ?? []).find((change) => change.key === key);
  }

  async saleHistory({ saleId, before = Number.POSITIVE_INFINITY, limit }: SaleHistoryQuery) {
    return (this.#history.get(saleId) ?? []).filter(({ version }) => version < before).slice(0, limit);
  }

  async product(productId: string): Promise<Product | undefined> {
    return this.#products.get(productId);
  }

  async products({ after = '', limit }: ProductQuery): Promise<readonly Product[]> {
    return [...this.#products.values()]
      .filter(({ id }) => id > after)
      .sort(byId)
      .slice(0, limit);
  }

  async addProduct(product: Product): Promise<boolean> {
    return add(this.#products, product);
  }

  async saveProduct(product: Product): Promise<boolean> {
    return save(this.#products, product);
  }

  async removeProduct(productId: string): Promise<'removed' | 'inUse' | 'unknown'> {
    if ([...this.#sales.values()].some((sale) => sale.productId === productId)) {
      return this.#products.has(productId) ? 'inUse' : 'unknown';
    }
    return this.#products.delete(productId) ? 'removed' : 'unknown';
  }
}

interface Versioned {
  readonly id: string;
  readonly version: number;
}

function add<T extends Versioned>(rows: Map<string, T>, row: T): boolean {
  if (rows.has(row.id)) return false;
  rows.set(row.id, row);
  return true;
}

function save<T extends Versioned>(rows: Map<string, T>, row: T): boolean {
  if (rows.get(row.id)?.version !== row.version - 1) return false;
  rows.set(row.id, row);
  return true;
}

function byId(a: Versioned, b: Versioned): number {
  return a.id < b.id ? -1 : 1;
}
