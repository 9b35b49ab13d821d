import { type TSchema, Type } from '@sinclair/typebox';

const MAX_PAGE_SIZE = 100;
const DEFAULT_PAGE_SIZE = 20;

export const Limit = Type.Integer({
  minimum: 1,
  maximum: MAX_PAGE_SIZE,
  default: DEFAULT_PAGE_SIZE,
  description: 'The most items on the page.',
});

export function Page<T extends TSchema>(items: T, description: string) {
  return Type.Object(
    {
      items: Type.Array(items),
      nextCursor: Type.Optional(
        Type.String({ description: 'Send it as `cursor` to get the next page; absent on the last page.' }),
      ),
    },
    { description },
  );
}

export interface PageJson<T> {
  items: T[];
  nextCursor?: string;
}

/** A page as {@link Page} describes it; `next` is the id of its last item when more may follow. */
export function pageOf<T>(items: readonly T[], next: string | undefined): PageJson<T> {
  return { items: [...items], ...(next === undefined ? {} : { nextCursor: cursorOf(next) }) };
}

/*
 * A cursor is the id of the previous page's last item, in hex. It is opaque to callers; in hex, a pattern can say exactly
 * which cursors are valid, so nothing has to be checked after the schema.
 */
const SALE_ID_CHARACTER = '2d|3[0-9]|4[1-9a-f]|5[0-9af]|6[1-9a-f]|7[0-9a]';
const ORDER_ID_CHARACTER = '3[0-9]|4[1-8abde]|5[0-46-9a]';

const description = 'The `nextCursor` of the previous page.';

export const SaleCursor = Type.String({ pattern: `^(?:${SALE_ID_CHARACTER}){1,64}$`, description });
/** Product ids and sale ids share one pattern. */
export const ProductCursor = SaleCursor;
export const OrderCursor = Type.String({ pattern: `^(?:${ORDER_ID_CHARACTER}){14}$`, description });
export const JobCursor = Type.String({ pattern: `^(?:${ORDER_ID_CHARACTER}){19}$`, description });
/** Of a version number in decimal. */
export const VersionCursor = Type.String({ pattern: '^3[1-9](?:3[0-9]){0,8}$', description });

export function cursorOf(id: string): string {
  return Buffer.from(id, 'latin1').toString('hex');
}

/** The id in a cursor that has passed its schema. */
export function idOfCursor(cursor: string): string {
  return Buffer.from(cursor, 'hex').toString('latin1');
}
