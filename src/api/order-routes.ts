import { Type } from '@sinclair/typebox';
import { isOrderId } from '../domain/ids.ts';
import { ORDER_STATES } from '../domain/order.ts';
import type { HeaderPairs } from '../ports/http.ts';
import type { Orders, Viewer } from '../services/orders.ts';
import { requirePrincipal } from './access.ts';
import type { Authenticator, Principal } from './auth.ts';
import { Limit, OrderId, SaleId, StringEnum } from './common-schemas.ts';
import { cursorOf, idOfCursor, OrderCursor } from './cursor.ts';
import type { Operation } from './operation.ts';
import { JSON_TYPE, serialiseOrder, serialiseOrderPage } from './order-json.ts';
import { OrderPageSchema, OrderSchema } from './order-schema.ts';
import { sendProblem } from './problem.ts';
import { queryReader } from './query.ts';
import { type OnFault, reading } from './reading.ts';

export interface OrderRoutesDeps {
  readonly orders: Pick<Orders, 'find' | 'list'>;
  readonly auth: Authenticator;
  readonly onFault: OnFault;
}

const ListQuery = Type.Object(
  {
    saleId: Type.Optional(SaleId),
    state: Type.Optional(StringEnum(ORDER_STATES, 'Only orders in this state.')),
    cursor: Type.Optional(OrderCursor),
    limit: Limit,
  },
  { additionalProperties: false },
);

const readListQuery = queryReader(ListQuery);

// An order is one person's, and its state changes: no cache on the way may keep it.
const PRIVATE: HeaderPairs = [['cache-control', 'no-store']];

export function orderRoutes({ orders, auth, onFault }: OrderRoutesDeps): readonly Operation[] {
  return [
    {
      method: 'GET',
      pattern: '/v1/orders',
      doc: {
        id: 'listOrders',
        tag: 'orders',
        summary: 'List your orders',
        description: 'Newest first. An order is listed once it is stored, a moment after its purchase was answered.',
        auth: 'required',
        query: ListQuery,
        responses: { 200: { description: 'A page of your orders.', schema: OrderPageSchema } },
        problems: ['invalid'],
      },
      handle: reading(onFault, async (request, reply) => {
        const principal = requirePrincipal(auth, request, reply);
        if (principal === undefined) return;
        const query = readListQuery(request.query);
        if (!query.ok) return sendProblem(reply, 'invalid', request.requestId, { errors: [...query.errors] });
        const { saleId, state, cursor, limit } = query.value;
        const page = await orders.list(
          {
            limit,
            ...(saleId === undefined ? {} : { saleId }),
            ...(state === undefined ? {} : { state }),
            ...(cursor === undefined ? {} : { before: idOfCursor(cursor) }),
          },
          viewerOf(principal),
        );
        reply.send(200, JSON_TYPE, serialiseOrderPage(page.items, page.next && cursorOf(page.next)), PRIVATE);
      }),
    },
    {
      method: 'GET',
      pattern: '/v1/orders/:orderId',
      doc: {
        id: 'getOrder',
        tag: 'orders',
        summary: 'Get an order',
        description: 'Yours, or anybody’s for an admin. It is there the moment its purchase was answered.',
        auth: 'required',
        path: [OrderId],
        responses: { 200: { description: 'The order.', schema: OrderSchema } },
        problems: ['not_found', 'recovering'],
      },
      handle: reading(onFault, async (request, reply) => {
        const principal = requirePrincipal(auth, request, reply);
        if (principal === undefined) return;
        const [orderId = ''] = request.params;
        const order = isOrderId(orderId) ? await orders.find(orderId, viewerOf(principal)) : undefined;
        if (order === undefined) return sendProblem(reply, 'not_found', request.requestId);
        reply.send(200, JSON_TYPE, serialiseOrder(order), PRIVATE);
      }),
    },
  ];
}

function viewerOf({ userId, role }: Principal): Viewer {
  return { userId, admin: role === 'admin' };
}
