import type { AdminOrders } from '../../services/admin-orders.ts';
import { type AdminDeps, adminDoc, handleForAdmin } from '../admin/operation.ts';
import { JSON_TYPE, NO_STORE } from '../http/json.ts';
import type { Operation } from '../http/operation.ts';
import { sendInvalid } from '../http/problem.ts';
import { AdminOrdersQuery, readSearch } from './admin-query.ts';
import { serialiseOrderPage } from './json.ts';
import { OrderPageSchema } from './schema.ts';

export interface AdminOrderRoutesDeps extends AdminDeps {
  readonly adminOrders: Pick<AdminOrders, 'page'>;
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
        'moment after its purchase was answered. A search by text alone reads all orders: name the sale, too.',
      query: AdminOrdersQuery,
      responses: { 200: { description: 'A page of orders.', schema: OrderPageSchema } },
      problems: ['invalid'],
    }),
    handle: handleForAdmin(deps, async (request, reply) => {
      const read = readSearch(request.query);
      if (!read.ok) return sendInvalid(reply, request.requestId, read.errors);
      const page = await deps.adminOrders.page(read.search);
      reply.send(200, JSON_TYPE, serialiseOrderPage(page.items, page.next), NO_STORE);
    }),
  };
}
