import { Type } from '@sinclair/typebox';
import { isSaleId } from '../../domain/ids.ts';
import { SALE_ACTIONS } from '../../ports/catalogue.ts';
import type { SaleAdmin } from '../../services/sale-admin.ts';
import { type AdminDeps, handleForAdmin } from '../admin/operation.ts';
import { SaleId, StringEnum, Time } from '../http/common-schemas.ts';
import { JSON_TYPE, NO_STORE, serialiser } from '../http/json.ts';
import type { Operation } from '../http/operation.ts';
import { idOfCursor, Limit, Page, pageOf, VersionCursor } from '../http/page.ts';
import { sendInvalid, sendProblem } from '../http/problem.ts';
import { queryReader } from '../http/query.ts';
import { createTimeText } from '../http/time-text.ts';
import { ADMIN_SALE, saleDoc } from './admin-reply.ts';

export interface HistoryRouteDeps extends AdminDeps {
  readonly saleAdmin: Pick<SaleAdmin, 'history'>;
}

const Value = (description: string) =>
  Type.Unsafe<string | number | null>({ type: ['string', 'number', 'null'], description });

const SaleHistorySchema = Page(
  Type.Object({
    version: Type.Integer({ description: 'The version that this change made.' }),
    at: Time('When it was changed.'),
    by: Type.String({ description: "The admin's user id; of a command, its name." }),
    action: StringEnum(SALE_ACTIONS, 'What was done.'),
    changes: Type.Array(
      Type.Object({
        name: Type.String({ description: 'The name of the setting, such as `total`.' }),
        from: Value('The old value; null: none. A time is in milliseconds since 1970.'),
        to: Value('The new value.'),
      }),
    ),
  }),
  'Changes of a sale, newest first.',
);

const HistoryQuery = Type.Object(
  { cursor: Type.Optional(VersionCursor), limit: Limit },
  { additionalProperties: false },
);
const readHistoryQuery = queryReader(HistoryQuery);
const writeHistory = serialiser(SaleHistorySchema);

/** What admins did to a sale. */
export function saleHistory({ saleAdmin, ...deps }: HistoryRouteDeps): Operation {
  const timeText = createTimeText();
  return {
    method: 'GET',
    pattern: `${ADMIN_SALE}/history`,
    doc: saleDoc({
      id: 'saleHistory',
      summary: 'List the changes of a sale',
      description: 'Newest first, with the admin who made each change.',
      path: [SaleId],
      query: HistoryQuery,
      responses: { 200: { description: 'A page of changes.', schema: SaleHistorySchema } },
      problems: ['not_found', 'invalid'],
    }),
    handle: handleForAdmin(deps, async (request, reply) => {
      const { params, requestId } = request;
      const [saleId = ''] = params;
      const query = readHistoryQuery(request.query);
      if (!query.ok) return sendInvalid(reply, requestId, query.errors);
      const { cursor, limit } = query.value;
      const before = cursor === undefined ? {} : { before: Number(idOfCursor(cursor)) };
      const found = isSaleId(saleId) ? await saleAdmin.history({ saleId, limit, ...before }) : undefined;
      if (found === undefined) return sendProblem(reply, 'not_found', requestId);
      const items = found.items.map(({ version, at, by, action, changes }) => {
        return { version, at: timeText(at), by, action, changes: [...changes] };
      });
      const page = pageOf(items, found.next === undefined ? undefined : String(found.next));
      reply.send(200, JSON_TYPE, writeHistory(page), NO_STORE);
    }),
  };
}
