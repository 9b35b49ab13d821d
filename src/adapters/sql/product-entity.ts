import { EntitySchema } from '@mikro-orm/core';
import type { Product } from '../../ports/catalogue.ts';

/** A row of `products`. */
export interface ProductRow {
  id: string;
  name: string;
  description: string;
  imageUrl: string | null;
  version: number;
}

export const ProductEntity = new EntitySchema<ProductRow>({
  name: 'Product',
  tableName: 'products',
  properties: {
    id: { type: 'string', primary: true },
    name: { type: 'string' },
    description: { type: 'text' },
    imageUrl: { type: 'string', nullable: true },
    version: { type: 'integer' },
  },
});

export function productOfRow({ id, name, description, imageUrl, version }: ProductRow): Product {
  return { id, name, description, ...(imageUrl === null ? {} : { imageUrl }), version };
}

export function rowOfProduct({ imageUrl, ...rest }: Product): ProductRow {
  return { ...rest, imageUrl: imageUrl ?? null };
}
