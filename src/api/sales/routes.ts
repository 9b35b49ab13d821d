import { Type } from '@sinclair/typebox';
import { isSaleId } from '../../domain/ids.ts';
import { PHASES } from '../../domain/sale.ts';
import type { Sales } from '../../services/sales.ts';
import { isAdmin } from '../auth/access.ts';
import type { Authenticator } from '../auth/authenticator.ts';
import { SaleId, StringEnum } from '../http/common-schemas.ts';
import { handleFaults, type OnFault } from '../http/handle-faults.ts';
import { JSON_TYPE } from '../http/json.ts';
import type { Operation } from '../http/operation.ts';
import { idOfCursor, Limit, SaleCursor } from '../http/page.ts';
import { sendInvalid, sendProblem } from '../http/problem.ts';
import { queryReader } from '../http/query.ts';
import { isTrackingParameter } from '../http/tracking-parameters.ts';
import { createSaleWriter, serialiseSalePage } from './json.ts';
import { SalePageSchema, SaleSchema } from './schema.ts';

export interface SalesRoutesDeps {
  readonly sales: Pick<Sales, 'knownView' | 'view' | 'publicView' | 'list'>;
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

const readListQuery = queryReader(ListQuery, { ignores: isTrackingParameter });

export function salesRoutes(deps: SalesRoutesDeps): readonly Operation[] {
  return [listSales(deps), getSale(deps)];
}

function listSales({ sales, auth, onFault }: SalesRoutesDeps): Operation {
  return {
    method: 'GET',
    pattern: '/v1/sales',
    doc: {
      id: 'listSales',
      tag: 'sales',
      summary: 'List sales',
      description:
        'Ordered by id. Requires no token; drafts are listed for admins only. Parameters that campaigns add to links ' +
        '(`utm_source`, `gclid` and the like) are ignored.',
      auth: 'optional',
      query: ListQuery,
      responses: { 200: { description: 'A page of sales.', schema: SalePageSchema } },
      problems: ['invalid', 'recovering'],
    },
    handle: handleFaults(onFault, async (request, reply) => {
      const query = readListQuery(request.query);
      if (!query.ok) return sendInvalid(reply, request.requestId, query.errors);
      const { phase, cursor, limit } = query.value;
      const page = await sales.list({
        limit,
        includeDrafts: isAdmin(auth, request),
        ...(phase === undefined ? {} : { phase }),
        ...(cursor === undefined ? {} : { after: idOfCursor(cursor) }),
      });
      reply.send(200, JSON_TYPE, serialiseSalePage(page.items, page.next));
    }),
  };
}

function getSale({ sales, auth, onFault }: SalesRoutesDeps): Operation {
  const writeSale = createSaleWriter();
  const readSale = handleFaults(onFault, async (request, reply) => {
    const [saleId = ''] = request.params;
    const view = isSaleId(saleId)
      ? await (isAdmin(auth, request) ? sales.view(saleId) : sales.publicView(saleId))
      : undefined;
    if (view === undefined) return sendProblem(reply, 'not_found', request.requestId);
    reply.send(200, JSON_TYPE, writeSale(view));
  });

  return {
    method: 'GET',
    pattern: '/v1/sales/:saleId',
    doc: {
      id: 'getSale',
      tag: 'sales',
      summary: 'Get a sale',
      description: 'Requires no token; a draft is visible to admins only.',
      auth: 'optional',
      path: [SaleId],
      responses: { 200: { description: 'The sale.', schema: SaleSchema } },
      problems: ['not_found', 'recovering'],
    },
    handle: (request, reply) => {
      // Most requests of a crowd that waits for the opening: answered without a promise when memory has the sale.
      const known = sales.knownView(request.params[0] ?? '');
      if (known === undefined) return readSale(request, reply);
      reply.send(200, JSON_TYPE, writeSale(known));
      return undefined;
    },
  };
}
