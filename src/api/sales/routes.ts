import { Type } from '@sinclair/typebox';
import { isPublic, PHASES } from '../../domain/sale.ts';
import type { Sales } from '../../services/sales.ts';
import { isAdmin } from '../auth/access.ts';
import type { Authenticator } from '../auth/authenticator.ts';
import { Limit, SALE_ID_PATTERN, SaleId, StringEnum } from '../http/common-schemas.ts';
import { cursorOf, idOfCursor, SaleCursor } from '../http/cursor.ts';
import type { Operation } from '../http/operation.ts';
import { sendProblem } from '../http/problem.ts';
import { queryReader } from '../http/query.ts';
import { type OnFault, reading } from '../http/reading.ts';
import { JSON_TYPE } from '../orders/json.ts';
import { createSaleWriter, serialiseSalePage } from './json.ts';
import { SalePageSchema, SaleSchema } from './schema.ts';

export interface SalesRoutesDeps {
  readonly sales: Pick<Sales, 'knownView' | 'view' | 'list'>;
  readonly auth: Authenticator;
  readonly onFault: OnFault;
}

const ListQuery = Type.Object(
  {
    phase: Type.Optional(StringEnum(PHASES, 'Only sales in this phase. Drafts are shown to admins only.')),
    cursor: Type.Optional(SaleCursor),
    limit: Limit,
  },
  { additionalProperties: false },
);

const readListQuery = queryReader(ListQuery);
const saleIdPattern = new RegExp(SALE_ID_PATTERN);

export function isSaleId(text: string): boolean {
  return saleIdPattern.test(text);
}

export function salesRoutes({ sales, auth, onFault }: SalesRoutesDeps): readonly Operation[] {
  const writeSale = createSaleWriter();
  const readSale = reading(onFault, async (request, reply) => {
    const [saleId = ''] = request.params;
    const view = isSaleId(saleId) ? await sales.view(saleId) : undefined;
    if (view === undefined || (!isPublic(view.sale) && !isAdmin(auth, request))) {
      return sendProblem(reply, 'not_found', request.requestId);
    }
    reply.send(200, JSON_TYPE, writeSale(view));
  });

  return [
    {
      method: 'GET',
      pattern: '/v1/sales',
      doc: {
        id: 'listSales',
        tag: 'sales',
        summary: 'List sales',
        description: 'In the order of their ids. Needs no token; drafts are listed for an admin only.',
        auth: 'optional',
        query: ListQuery,
        responses: { 200: { description: 'A page of sales.', schema: SalePageSchema } },
        problems: ['invalid', 'recovering'],
      },
      handle: reading(onFault, async (request, reply) => {
        const query = readListQuery(request.query);
        if (!query.ok) return sendProblem(reply, 'invalid', request.requestId, { errors: [...query.errors] });
        const { phase, cursor, limit } = query.value;
        const page = await sales.list({
          limit,
          includeDrafts: isAdmin(auth, request),
          ...(phase === undefined ? {} : { phase }),
          ...(cursor === undefined ? {} : { after: idOfCursor(cursor) }),
        });
        reply.send(200, JSON_TYPE, serialiseSalePage(page.items, page.next && cursorOf(page.next)));
      }),
    },
    {
      method: 'GET',
      pattern: '/v1/sales/:saleId',
      doc: {
        id: 'getSale',
        tag: 'sales',
        summary: 'Get a sale',
        description: 'Needs no token; a draft is there for an admin only.',
        auth: 'optional',
        path: [SaleId],
        responses: { 200: { description: 'The sale.', schema: SaleSchema } },
        problems: ['not_found', 'recovering'],
      },
      handle: (request, reply) => {
        // A crowd that waits for the opening asks for little else: without a promise when memory has it all.
        const known = sales.knownView(request.params[0] ?? '');
        if (known === undefined) return readSale(request, reply);
        reply.send(200, JSON_TYPE, writeSale(known));
        return undefined;
      },
    },
  ];
}
