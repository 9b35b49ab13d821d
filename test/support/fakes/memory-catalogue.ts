import type { Sale } from '../../../src/domain/sale.ts';
import type { Catalogue, Product, SaleQuery } from '../../../src/ports/catalogue.ts';

/** The catalogue's rules in plain memory. */
export class MemoryCatalogue implements Catalogue {
  readonly products = new Map<string, Product>();
  readonly #sales = new Map<string, Sale>();

  constructor(sales: readonly Sale[] = []) {
    for (const sale of sales) this.#sales.set(sale.id, sale);
  }

  async sale(saleId: string): Promise<Sale | undefined> {
    return this.#sales.get(saleId);
  }

  async sales({ after = '', limit, includeDrafts }: SaleQuery): Promise<readonly Sale[]> {
    return [...this.#sales.values()]
      .filter(({ id, status }) => id > after && (includeDrafts || status === 'published' || status === 'closed'))
      .sort((a, b) => (a.id < b.id ? -1 : 1))
      .slice(0, limit);
  }

  async putProduct(product: Product): Promise<void> {
    this.products.set(product.id, product);
  }

  async putSale(sale: Sale): Promise<void> {
    this.#sales.set(sale.id, sale);
  }
}
