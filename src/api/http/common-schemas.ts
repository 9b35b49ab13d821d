import { type TSchema, Type } from '@sinclair/typebox';

/** Ids of sales; anything else can't exist. */
export const SALE_ID_PATTERN = '^[A-Za-z0-9_-]{1,64}$';
export const ORDER_ID_PATTERN = '^[0-9A-HJKMNP-TV-Z]{14}$';

/** A string out of a list. TypeBox's union of literals is an `anyOf`, which serialises slowly and reads badly. */
export function StringEnum<const T extends readonly string[]>(values: T, description: string) {
  return Type.Unsafe<T[number]>({ type: 'string', enum: [...values], description });
}

export function Time(description: string) {
  return Type.String({ format: 'date-time', description, examples: ['2026-11-21T09:06:55.120Z'] });
}

export const SaleId = Type.String({ pattern: SALE_ID_PATTERN, description: "The sale's id.", examples: ['demo-1'] });

export const OrderId = Type.String({
  pattern: ORDER_ID_PATTERN,
  description: "The order's id; ids sort by time.",
  examples: ['1JG8Z5E4T00000'],
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

/** Items a page holds at the most, and when the caller names no number. */
export const PAGE_MAX = 100;
export const PAGE_DEFAULT = 20;

export const Limit = Type.Integer({
  minimum: 1,
  maximum: PAGE_MAX,
  default: PAGE_DEFAULT,
  description: 'Items on the page at the most.',
});

export function Page<T extends TSchema>(items: T, description: string) {
  return Type.Object(
    {
      items: Type.Array(items),
      nextCursor: Type.Optional(
        Type.String({ description: 'Send it as `cursor` for the next page; absent on the last.' }),
      ),
    },
    { description },
  );
}
