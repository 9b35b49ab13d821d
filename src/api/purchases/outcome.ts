import type { Order } from '../../domain/order.ts';
import type { PurchaseOutcome } from '../../domain/purchase.ts';
import { REFUSAL_CODES, type RefusedKind } from '../../domain/refusal-codes.ts';
import { JSON_TYPE } from '../http/json.ts';
import { constantProblem, problem, type Rendered } from '../http/problem.ts';
import type { FieldError } from '../http/problem-schema.ts';
import { createRateLimited } from '../http/rate-limited.ts';
import { createTimeText } from '../http/time-text.ts';
import { createReservedOrderWriter } from '../orders/reserved-json.ts';
import { REPLAYED } from './idempotency-key.ts';

const UNKNOWN_SALE = 'There is no such sale, or it is not published.';
const CREATED = 201;

// Written in advance, for thousands of refused buyers a second get them: only the request id differs.
const refusals = Object.fromEntries(
  Object.entries(REFUSAL_CODES).map(([kind, code]) => [
    kind,
    constantProblem(code, kind === 'unknownSale' ? { detail: UNKNOWN_SALE } : {}),
  ]),
) as Record<RefusedKind, (requestId: string) => Rendered>;

const tooManyAttempts = createRateLimited('Too many attempts to buy in this sale.');
const opensAtText = createTimeText();
const writeOrder = createReservedOrderWriter();

/** The answer to a purchase, over HTTP and the live socket. */
export function renderOutcome(outcome: PurchaseOutcome, requestId: string): Rendered {
  switch (outcome.kind) {
    case 'reserved':
      return created(outcome.order, false);
    case 'replayed':
      return created(outcome.order, true);
    case 'limitReached':
      return problem('limit_reached', requestId, { orderIds: [...outcome.orderIds] });
    case 'notEnoughLeft':
      return problem('not_enough_left', requestId, { remaining: outcome.remaining });
    case 'tooManyTickets':
      return problem('invalid', requestId, { errors: [tooManyError(outcome.most)] });
    case 'notStarted':
      return problem('not_started', requestId, { opensAt: opensAtText(outcome.opensAt) });
    case 'tooManyAttempts':
      return tooManyAttempts({ limit: outcome.limit, remaining: 0, resetMs: outcome.resetMs }, requestId);
    default:
      return refusals[outcome.kind](requestId);
  }
}

function created(order: Order, replayed: boolean): Rendered {
  const location = ['location', `/v1/orders/${order.id}`] as const;
  return {
    status: CREATED,
    contentType: JSON_TYPE,
    body: writeOrder(order),
    headers: replayed ? [location, REPLAYED] : [location],
  };
}

function tooManyError(most: number): FieldError {
  return {
    in: 'body',
    path: '/quantity',
    message: `must not be more than ${most}, which is what this sale sells to one buyer`,
  };
}
