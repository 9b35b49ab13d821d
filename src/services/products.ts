import type { Catalogue, Product } from '../ports/catalogue.ts';
import { type Page, readPage } from './page.ts';
import { retryOnConflict } from './retry-on-conflict.ts';

export interface NewProduct {
  readonly name: string;
  readonly description: string;
  readonly imageUrl?: string;
}

export interface ProductChanges {
  readonly name?: string;
  readonly description?: string;
  /** Null removes it. */
  readonly imageUrl?: string | null;
}

/** Its cursor is the id of its last product. */
export type ProductsPage = Page<Product, string>;

export type ProductChange =
  | { readonly kind: 'changed'; readonly product: Product }
  | { readonly kind: 'unknown' }
  /** The stored version is not the expected one. */
  | { readonly kind: 'stale' };

export interface ProductsPorts {
  readonly catalogue: Pick<Catalogue, 'product' | 'products' | 'addProduct' | 'saveProduct' | 'removeProduct'>;
  /** Makes the variable part of an id; ids sort by time. */
  readonly newId: () => string;
}

/** The admin's products. A sale copies the texts of its product when it is created, and does not follow later changes. */
export class Products {
  constructor(private readonly ports: ProductsPorts) {}

  async create(fresh: NewProduct): Promise<Product> {
    for (;;) {
      const product: Product = { id: `product_${this.ports.newId()}`, ...fresh, version: 1 };
      if (await this.ports.catalogue.addProduct(product)) return product;
    }
  }

  find(productId: string): Promise<Product | undefined> {
    return this.ports.catalogue.product(productId);
  }

  /** In the order of their ids; `limit` is 1 to 200. */
  list(query: { readonly after?: string; readonly limit: number }): Promise<ProductsPage> {
    return readPage(
      query.limit,
      (limit) => this.ports.catalogue.products({ ...query, limit }),
      ({ id }) => id,
    );
  }

  /** Without `expected` versions the change applies to whatever version is stored. */
  change(productId: string, changes: ProductChanges, expected?: readonly number[]): Promise<ProductChange> {
    return retryOnConflict<ProductChange>(async () => {
      const found = await this.ports.catalogue.product(productId);
      if (found === undefined) return { kind: 'unknown' };
      if (expected?.includes(found.version) === false) return { kind: 'stale' };
      const product = changed(found, changes);
      return (await this.ports.catalogue.saveProduct(product)) ? { kind: 'changed', product } : undefined;
    });
  }

  remove(productId: string): ReturnType<Catalogue['removeProduct']> {
    return this.ports.catalogue.removeProduct(productId);
  }
}

function changed(
  { imageUrl: oldUrl, ...product }: Product,
  { imageUrl = oldUrl, ...changes }: ProductChanges,
): Product {
  return { ...product, ...changes, ...(imageUrl ? { imageUrl } : {}), version: product.version + 1 };
}
