import { Type } from '@sinclair/typebox';
import { isOrderId } from '../../domain/ids.ts';
import { ORDER_STATES } from '../../domain/order.ts';
import type { HttpReply, HttpRequest } from '../../ports/http.ts';
import type { OrderOutcome } from '../../services/order-outcome.ts';
import type { Orders, Viewer } from '../../services/orders.ts';
import { requirePrincipal } from '../auth/access.ts';
import type { Authenticator, Principal } from '../auth/authenticator.ts';
import { BODY_PROBLEMS, EmptyBody, refusalOfBody } from '../http/body.ts';
import { OrderId, SaleId, StringEnum } from '../http/common-schemas.ts';
import { handleFaults, type OnFault } from '../http/handle-faults.ts';
import { JSON_TYPE, NO_STORE } from '../http/json.ts';
import type { Operation } from '../http/operation.ts';
import { idOfCursor, Limit, OrderCursor } from '../http/page.ts';
import { sendInvalid, sendProblem, sendRendered } from '../http/problem.ts';
import { queryReader } from '../http/query.ts';
import { serialiseOrder, serialiseOrderPage } from './json.ts';
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

export function orderRoutes(deps: OrderRoutesDeps): readonly Operation[] {
  return [listOrders(deps), getOrder(deps), payOrder(deps), cancelOrder(deps)];
}

function listOrders({ orders, auth, onFault }: OrderRoutesDeps): Operation {
  return {
    method: 'GET',
    pattern: '/v1/orders',
    doc: {
      id: 'listOrders',
      tag: 'orders',
      summary: 'List your orders',
      description:
        'Newest first: orders that the user of the token placed, also if that is an admin (`GET /v1/admin/orders` has those ' +
        'of all buyers). An order appears here once it is stored, a moment after its purchase was answered.',
      auth: 'required',
      query: ListQuery,
      responses: { 200: { description: 'A page of your orders.', schema: OrderPageSchema } },
      problems: ['invalid', 'rate_limited'],
    },
    handle: handleFaults(onFault, async (request, reply) => {
      const principal = requirePrincipal(auth, request, reply);
      if (principal === undefined) return;
      const query = readListQuery(request.query);
      if (!query.ok) return sendInvalid(reply, request.requestId, query.errors);
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
      reply.send(200, JSON_TYPE, serialiseOrderPage(page.items, page.next), NO_STORE);
    }),
  };
}

function getOrder({ orders, auth, onFault }: OrderRoutesDeps): Operation {
  return {
    method: 'GET',
    pattern: '/v1/orders/:orderId',
    doc: {
      id: 'getOrder',
      tag: 'orders',
      summary: 'Get an order',
      description: 'Your own, or any order for an admin. Available as soon as its purchase was answered.',
      auth: 'required',
      path: [OrderId],
      responses: { 200: { description: 'The order.', schema: OrderSchema } },
      problems: ['not_found', 'recovering', 'rate_limited'],
    },
    handle: handleFaults(onFault, async (request, reply) => {
      const principal = requirePrincipal(auth, request, reply);
      if (principal === undefined) return;
      const [orderId = ''] = request.params;
      const order = isOrderId(orderId) ? await orders.find(orderId, viewerOf(principal)) : undefined;
      if (order === undefined) return sendProblem(reply, 'not_found', request.requestId);
      reply.send(200, JSON_TYPE, serialiseOrder(order), NO_STORE);
    }),
  };
}

function payOrder(deps: OrderRoutesDeps): Operation {
  return {
    method: 'POST',
    pattern: '/v1/orders/:orderId/pay',
    doc: {
      id: 'payOrder',
      tag: 'orders',
      summary: 'Pay an order',
      description:
        'Asks the payment provider to charge the buyer and waits a few seconds for the result. 503 means that there is no ' +
        'result yet: repeat the request, nothing is paid twice. An order that is already paid is returned as it is.',
      auth: 'required',
      path: [OrderId],
      body: EmptyBody,
      responses: { 200: { description: 'The order, paid.', schema: OrderSchema } },
      problems: ['not_found', 'not_payable', ...BODY_PROBLEMS, 'recovering', 'rate_limited'],
    },
    handle: handleChange(deps, 'not_payable', (orderId, viewer) => deps.orders.pay(orderId, viewer)),
  };
}

function cancelOrder(deps: OrderRoutesDeps): Operation {
  return {
    method: 'POST',
    pattern: '/v1/orders/:orderId/cancel',
    doc: {
      id: 'cancelOrder',
      tag: 'orders',
      summary: 'Cancel an order',
      description:
        'Returns the tickets, which go back on sale. Only a reserved order can be cancelled, not a paid one. An order ' +
        'that is already cancelled is returned as it is.',
      auth: 'required',
      path: [OrderId],
      body: EmptyBody,
      responses: { 200: { description: 'The order, cancelled.', schema: OrderSchema } },
      problems: ['not_found', 'not_cancellable', ...BODY_PROBLEMS, 'recovering', 'rate_limited'],
    },
    handle: handleChange(deps, 'not_cancellable', (orderId, viewer) => deps.orders.cancel(orderId, viewer)),
  };
}

/** A handler that changes one order; `refusal` is the problem when its state does not allow the change. */
function handleChange(
  { auth, onFault }: OrderRoutesDeps,
  refusal: 'not_payable' | 'not_cancellable',
  change: (orderId: string, viewer: Viewer) => Promise<OrderOutcome>,
) {
  return handleFaults(onFault, async (request: HttpRequest, reply: HttpReply) => {
    const principal = requirePrincipal(auth, request, reply);
    if (principal === undefined) return;
    const { requestId } = request;
    const refused = refusalOfBody(request);
    if (refused !== undefined) return sendRendered(reply, refused);
    const [orderId = ''] = request.params;
    const outcome: OrderOutcome = isOrderId(orderId) ? await change(orderId, viewerOf(principal)) : { kind: 'unknown' };
    if (outcome.kind === 'unknown') return sendProblem(reply, 'not_found', requestId);
    if (outcome.kind === 'ok') return reply.send(200, JSON_TYPE, serialiseOrder(outcome.order), NO_STORE);
    sendProblem(reply, refusal, requestId, { detail: `The order is ${outcome.order.state}.` });
  });
}

function viewerOf({ userId, role }: Principal): Viewer {
  return { userId, admin: role === 'admin' };
}
