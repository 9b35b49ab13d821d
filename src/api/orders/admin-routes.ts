import type { HttpReply } from '../../ports/http.ts';
import type { OrderSearch } from '../../ports/order-store.ts';
import type { AdminOrders } from '../../services/admin-orders.ts';
import { type AdminDeps, adminDoc, handleForAdmin } from '../admin/operation.ts';
import { preferredType } from '../http/accept.ts';
import { CSV_TYPE } from '../http/csv.ts';
import { JSON_TYPE, NO_STORE } from '../http/json.ts';
import type { Operation } from '../http/operation.ts';
import { sendInvalid, sendProblem } from '../http/problem.ts';
import { AdminOrdersQuery, readSearch } from './admin-query.ts';
import { type ExportType, exportText, FORMATS, ORDER_TYPES } from './export.ts';
import { serialiseOrderPage } from './json.ts';
import { OrderPageSchema } from './schema.ts';

export interface AdminOrderRoutesDeps extends AdminDeps {
  readonly adminOrders: Pick<AdminOrders, 'page' | 'export'>;
}

export function adminOrderRoutes(deps: AdminOrderRoutesDeps): readonly Operation[] {
  return [searchOrders(deps)];
}

function searchOrders(deps: AdminOrderRoutesDeps): Operation {
  return {
    method: 'GET',
    pattern: '/v1/admin/orders',
    doc: adminDoc({
      id: 'searchOrders',
      summary: 'Search the orders of all buyers',
      description:
        'Orders that match all filters. Orders of one sale or one buyer are sorted by their time of reservation to the ' +
        'millisecond; those of all by their ids, which begin with the time. An order appears here once it is stored, a ' +
        'moment after its purchase was answered. A search by text alone reads all orders: name the sale, too.\n\n' +
        'With `Accept: text/csv` or `application/x-ndjson` all orders that match are sent, whatever the limit; with a cursor ' +
        'those behind it. The answer has no length, and ends with the connection if it is not complete.',
      query: AdminOrdersQuery,
      responses: {
        200: {
          description: 'A page of orders.',
          schema: OrderPageSchema,
          moreTypes: [CSV_TYPE, 'application/x-ndjson'],
        },
      },
      problems: ['invalid', 'busy'],
    }),
    handle: handleForAdmin(deps, async (request, reply) => {
      const read = readSearch(request.query);
      if (!read.ok) return sendInvalid(reply, request.requestId, read.errors);
      const type = preferredType(request.accept, ORDER_TYPES);
      if (type !== 'application/json') {
        const isDone = await sendExport(deps, read.search, type, reply);
        if (!isDone) sendProblem(reply, 'busy', request.requestId);
        return;
      }
      const page = await deps.adminOrders.page(read.search);
      reply.send(200, JSON_TYPE, serialiseOrderPage(page.items, page.next), [...NO_STORE, VARY]);
    }),
  };
}

const VARY = ['vary', 'accept'] as const;

/** False when too many exports are running. */
function sendExport({ adminOrders }: AdminOrderRoutesDeps, search: OrderSearch, type: ExportType, reply: HttpReply) {
  const format = FORMATS[type];
  const name = ['content-disposition', `attachment; filename="orders.${format.extension}"`] as const;
  const { limit: _, ...all } = search;
  return adminOrders.export(all, (pages) =>
    reply.stream(200, format.contentType, exportText(pages, format), [...NO_STORE, VARY, name]),
  );
}
