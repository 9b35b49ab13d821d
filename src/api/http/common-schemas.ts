import { Type } from '@sinclair/typebox';
import { JOB_ID_PATTERN, ORDER_ID_PATTERN, PRODUCT_ID_PATTERN, SALE_ID_PATTERN } from '../../domain/ids.ts';

/** A string from a list. TypeBox's union of literals is an `anyOf`, which serialises slowly and is hard to read. */
export function StringEnum<const T extends readonly string[]>(values: T, description: string) {
  return Type.Unsafe<T[number]>({ type: 'string', enum: [...values], description });
}

export function Time(description: string) {
  return Type.String({ format: 'date-time', description, examples: ['2026-11-21T09:06:55.120Z'] });
}

export function Count(description: string) {
  return Type.Integer({ minimum: 0, description });
}

export const SaleId = Type.String({ pattern: SALE_ID_PATTERN, description: "The sale's id.", examples: ['demo-1'] });

export const ProductId = Type.String({
  pattern: PRODUCT_ID_PATTERN,
  description: "The product's id.",
  examples: ['product_1JG8Z5E4T00000'],
});

export const OrderId = Type.String({
  pattern: ORDER_ID_PATTERN,
  description: "The order's id; ids sort by time.",
  examples: ['1JG8Z5E4T00000'],
});

export const JobId = Type.String({
  pattern: JOB_ID_PATTERN,
  description: "The job's id; ids sort by time.",
  examples: ['1JG8Z5E4T7K3Q0W9XBM'],
});

export const MoneySchema = Type.Object(
  {
    amount: Type.Integer({
      minimum: 0,
      maximum: Number.MAX_SAFE_INTEGER,
      description: "In the currency's minor unit.",
    }),
    currency: Type.String({ pattern: '^[A-Z]{3}$', description: 'ISO 4217.' }),
  },
  {
    additionalProperties: false,
    description: 'An amount of money in minor units.',
    examples: [{ amount: 12999, currency: 'USD' }],
  },
);
