import { Type } from '@sinclair/typebox';
import { isOrderId } from '../../domain/ids.ts';
import { ORDER_STATES } from '../../domain/order.ts';
import type { HeaderPairs, HttpReply, HttpRequest } from '../../ports/http.ts';
import type { OrderOutcome } from '../../services/order-outcome.ts';
import type { Orders, Viewer } from '../../services/orders.ts';
import { requirePrincipal } from '../auth/access.ts';
import type { Authenticator, Principal } from '../auth/authenticator.ts';
import { Limit, OrderId, SaleId, StringEnum } from '../http/common-schemas.ts';
import { cursorOf, idOfCursor, OrderCursor } from '../http/cursor.ts';
import { EmptyBody, refusalOfBody } from '../http/empty-body.ts';
import type { Operation } from '../http/operation.ts';
import { sendProblem, sendRendered } from '../http/problem.ts';
import { queryReader } from '../http/query.ts';
import { type OnFault, reading } from '../http/reading.ts';
import { JSON_TYPE, serialiseOrder, serialiseOrderPage } from './json.ts';
import { OrderPageSchema, OrderSchema } from './schema.ts';

export interface OrderRoutesDeps {
  readonly orders: Pick<Orders, 'find' | 'list' | 'pay' | 'cancel'>;
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
  const changing = (
    refusal: 'not_payable' | 'not_cancellable',
    change: (orderId: string, viewer: Viewer) => Promise<OrderOutcome>,
  ) =>
    reading(onFault, async (request: HttpRequest, reply: HttpReply) => {
      const principal = requirePrincipal(auth, request, reply);
      if (principal === undefined) return;
      const { requestId } = request;
      const refused = refusalOfBody(request);
      if (refused !== undefined) return sendRendered(reply, refused);
      const [orderId = ''] = request.params;
      const outcome: OrderOutcome = isOrderId(orderId)
        ? await change(orderId, viewerOf(principal))
        : { kind: 'unknown' };
      if (outcome.kind === 'unknown') return sendProblem(reply, 'not_found', requestId);
      if (outcome.kind === 'ok') return reply.send(200, JSON_TYPE, serialiseOrder(outcome.order), PRIVATE);
      sendProblem(reply, refusal, requestId, { detail: `The order is ${outcome.order.state}.` });
    });

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
        problems: ['invalid', 'rate_limited'],
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
        problems: ['not_found', 'recovering', 'rate_limited'],
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
    {
      method: 'POST',
      pattern: '/v1/orders/:orderId/pay',
      doc: {
        id: 'payOrder',
        tag: 'orders',
        summary: 'Pay an order',
        description:
          'Asks the payment provider for the money and waits a few seconds for its word. 503 means that the word has not ' +
          'come yet: ask again, nothing is ever paid twice. An order that is paid already is answered as it is.',
        auth: 'required',
        path: [OrderId],
        body: EmptyBody,
        responses: { 200: { description: 'The order, paid.', schema: OrderSchema } },
        problems: ['not_found', 'not_payable', 'unsupported_media_type', 'invalid', 'recovering', 'rate_limited'],
      },
      handle: changing('not_payable', (orderId, viewer) => orders.pay(orderId, viewer)),
    },
    {
      method: 'POST',
      pattern: '/v1/orders/:orderId/cancel',
      doc: {
        id: 'cancelOrder',
        tag: 'orders',
        summary: 'Cancel an order',
        description:
          'Gives the ticket back, for the next one to buy. For reserved orders only: a paid one stays paid. An order that ' +
          'is cancelled already is answered as it is.',
        auth: 'required',
        path: [OrderId],
        body: EmptyBody,
        responses: { 200: { description: 'The order, cancelled.', schema: OrderSchema } },
        problems: ['not_found', 'not_cancellable', 'unsupported_media_type', 'invalid', 'recovering', 'rate_limited'],
      },
      handle: changing('not_cancellable', (orderId, viewer) => orders.cancel(orderId, viewer)),
    },
  ];
}

function viewerOf({ userId, role }: Principal): Viewer {
  return { userId, admin: role === 'admin' };
}
