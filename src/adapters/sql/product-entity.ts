import { EntitySchema } from '@mikro-orm/core';

/** A row of `products`. */
export interface ProductRow {
  id: string;
  name: string;
  description: string;
  imageUrl: string | null;
}

export const ProductEntity = new EntitySchema<ProductRow>({
  name: 'Product',
  tableName: 'products',
  properties: {
    id: { type: 'string', primary: true },
    name: { type: 'string' },
    description: { type: 'text' },
    imageUrl: { type: 'string', nullable: true },
  },
});
