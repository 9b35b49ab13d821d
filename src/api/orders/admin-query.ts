import { type Static, Type } from '@sinclair/typebox';
import { ORDER_STATES } from '../../domain/order.ts';
import type { OrderSearch } from '../../ports/order-store.ts';
import { SaleId, StringEnum, Time } from '../http/common-schemas.ts';
import { idOfCursor, Limit, OrderCursor } from '../http/page.ts';
import { parseTime } from '../http/parse-time.ts';
import type { FieldError } from '../http/problem-schema.ts';
import { queryReader } from '../http/query.ts';

/** As long as a user's id may be. */
const MAX_TEXT_LENGTH = 128;
const MAX_TICKET = 2 ** 31 - 1;

const SORTS = ['-reservedAt', 'reservedAt'] as const;

export const AdminOrdersQuery = Type.Object(
  {
    saleId: Type.Optional(SaleId),
    userId: Type.Optional(
      Type.String({ minLength: 1, maxLength: MAX_TEXT_LENGTH, description: 'Only orders of this buyer.' }),
    ),
    state: Type.Optional(StringEnum(ORDER_STATES, 'Only orders in this state.')),
    ticket: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: MAX_TICKET,
        description: 'Only orders of this ticket, ended ones included.',
      }),
    ),
    from: Type.Optional(Time('Only orders that were reserved at this time or later.')),
    to: Type.Optional(Time('Only orders that were reserved before this time.')),
    q: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: MAX_TEXT_LENGTH,
        description: "Only orders whose id or whose buyer's id contains this text, in upper or lower case.",
      }),
    ),
    sort: Type.Optional(
      StringEnum(SORTS, 'By the time of reservation: the newest first, which is the default, or the oldest first.'),
    ),
    cursor: Type.Optional(OrderCursor),
    limit: Limit,
  },
  { additionalProperties: false },
);

type Query = Static<typeof AdminOrdersQuery>;

const readQuery = queryReader(AdminOrdersQuery);

const ENDS_BEFORE_IT_BEGINS: FieldError = { in: 'query', path: '/to', message: 'must not be before from' };

/** The search that a query string describes, or why it describes none. */
export function readSearch(
  query: string,
):
  | { readonly ok: true; readonly search: OrderSearch }
  | { readonly ok: false; readonly errors: readonly FieldError[] } {
  const read = readQuery(query);
  if (!read.ok) return read;
  const search = searchOf(read.value);
  const { from = 0, to = Number.POSITIVE_INFINITY } = search;
  return to < from ? { ok: false, errors: [ENDS_BEFORE_IT_BEGINS] } : { ok: true, search };
}

function searchOf({ from, to, q, sort, cursor, ...rest }: Query): OrderSearch {
  return {
    ...rest,
    // Times that have passed the schema.
    ...(from === undefined ? {} : { from: parseTime(from) as number }),
    ...(to === undefined ? {} : { to: parseTime(to) as number }),
    ...(q === undefined ? {} : { text: q }),
    ...(cursor === undefined ? {} : { after: idOfCursor(cursor) }),
    order: sort === 'reservedAt' ? 'oldest' : 'newest',
  };
}
