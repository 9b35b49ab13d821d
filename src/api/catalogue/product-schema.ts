import { type Static, Type } from '@sinclair/typebox';
import { Description, ImageUrl, ImageUrlOrNull, ProductId, Title } from '../admin/schemas.ts';
import { Page } from '../http/common-schemas.ts';

export const ProductSchema = Type.Object(
  {
    id: ProductId,
    name: Type.String(),
    description: Type.String(),
    imageUrl: Type.Optional(Type.String()),
    version: Type.Integer({ description: 'Raised by one with each change.' }),
  },
  {
    description: 'Something to sell.',
    examples: [
      { id: 'product_1JG8Z5E4T00000', name: 'Poster, first print', description: 'One thousand, numbered.', version: 1 },
    ],
  },
);

export type ProductJson = Static<typeof ProductSchema>;

export const ProductPageSchema = Page(ProductSchema, 'Products in the order of their ids.');

export const NewProductSchema = Type.Object(
  { name: Title, description: Type.Optional(Description), imageUrl: Type.Optional(ImageUrl) },
  { additionalProperties: false, examples: [{ name: 'Poster, first print', description: 'One thousand, numbered.' }] },
);

export const ProductChangesSchema = Type.Object(
  { name: Type.Optional(Title), description: Type.Optional(Description), imageUrl: Type.Optional(ImageUrlOrNull) },
  { additionalProperties: false, minProperties: 1, examples: [{ description: 'Two thousand, numbered.' }] },
);
