import { type Static, Type } from '@sinclair/typebox';
import { ProductId } from '../http/common-schemas.ts';
import { Page } from '../http/page.ts';
import { Description, ImageUrl, ImageUrlOrNull, Title } from '../http/text-schemas.ts';

export const ProductSchema = Type.Object(
  {
    id: ProductId,
    name: Type.String(),
    description: Type.String(),
    imageUrl: Type.Optional(Type.String()),
    version: Type.Integer({ description: 'Increased by one with each change.' }),
  },
  {
    description: 'A product that sales can sell.',
    examples: [
      { id: 'product_1JG8Z5E4T00000', name: 'Poster, first print', description: 'One thousand, numbered.', version: 1 },
    ],
  },
);

export type ProductJson = Static<typeof ProductSchema>;

export const ProductPageSchema = Page(ProductSchema, 'Products, ordered by id.');

export const NewProductSchema = Type.Object(
  { name: Title, description: Type.Optional(Description), imageUrl: Type.Optional(ImageUrl) },
  { additionalProperties: false, examples: [{ name: 'Poster, first print', description: 'One thousand, numbered.' }] },
);

export const ProductChangesSchema = Type.Object(
  { name: Type.Optional(Title), description: Type.Optional(Description), imageUrl: Type.Optional(ImageUrlOrNull) },
  { additionalProperties: false, minProperties: 1, examples: [{ description: 'Two thousand, numbered.' }] },
);
