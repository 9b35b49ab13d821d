import { describe, expect, it } from 'vitest';
import { demoOrder as order } from '../../../test/support/orders.ts';
import type { PurchaseOutcome } from '../../domain/purchase.ts';
import { renderOutcome } from './outcome.ts';

const ORDER_JSON =
  '{"id":"1JG8Z5E4T00000","saleId":"demo","productId":"poster","userId":"u1","tickets":[7],"quantity":1,' +
  '"price":{"amount":12999,"currency":"USD"},"total":{"amount":12999,"currency":"USD"},"state":"reserved",' +
  '"reservedAt":"2026-11-21T09:06:55.120Z","payBy":"2026-11-21T09:16:55.120Z"}';

interface Expected {
  readonly outcome: PurchaseOutcome;
  readonly status: number;
  readonly code?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly members?: Readonly<Record<string, unknown>>;
}

const EXPECTED = {
  reserved: { outcome: { kind: 'reserved', order }, status: 201, headers: { location: '/v1/orders/1JG8Z5E4T00000' } },
  replayed: {
    outcome: { kind: 'replayed', order },
    status: 201,
    headers: { location: '/v1/orders/1JG8Z5E4T00000', 'idempotent-replayed': 'true' },
  },
  soldOut: { outcome: { kind: 'soldOut' }, status: 409, code: 'sold_out' },
  notEnoughLeft: {
    outcome: { kind: 'notEnoughLeft', remaining: 3 },
    status: 409,
    code: 'not_enough_left',
    members: { remaining: 3 },
  },
  tooManyTickets: {
    outcome: { kind: 'tooManyTickets', most: 4 },
    status: 422,
    code: 'invalid',
    members: { errors: [{ in: 'body', path: '/quantity', message: expect.stringContaining('more than 4') }] },
  },
  limitReached: {
    outcome: { kind: 'limitReached', orderIds: [order.id] },
    status: 409,
    code: 'limit_reached',
    members: { orderIds: [order.id] },
  },
  notStarted: {
    outcome: { kind: 'notStarted', opensAt: order.payBy },
    status: 409,
    code: 'not_started',
    members: { opensAt: '2026-11-21T09:16:55.120Z' },
  },
  ended: { outcome: { kind: 'ended' }, status: 409, code: 'ended' },
  paused: { outcome: { kind: 'paused' }, status: 409, code: 'paused' },
  closed: { outcome: { kind: 'closed' }, status: 409, code: 'closed' },
  archived: { outcome: { kind: 'archived' }, status: 409, code: 'archived' },
  keyMismatch: { outcome: { kind: 'keyMismatch' }, status: 422, code: 'key_mismatch' },
  tooManyOrders: { outcome: { kind: 'tooManyOrders' }, status: 409, code: 'too_many_orders' },
  tooManyAttempts: {
    outcome: { kind: 'tooManyAttempts', limit: 20, resetMs: 41_001 },
    status: 429,
    code: 'rate_limited',
    headers: {
      'retry-after': expect.stringMatching(/^4[234]$/),
      'ratelimit-limit': '20',
      'ratelimit-remaining': '0',
      'ratelimit-reset': '42',
    },
    members: { detail: 'Too many attempts to buy in this sale.' },
  },
  unknownSale: { outcome: { kind: 'unknownSale' }, status: 404, code: 'not_found' },
  overloaded: {
    outcome: { kind: 'overloaded' },
    status: 503,
    code: 'overloaded',
    headers: { 'retry-after': expect.stringMatching(/^[123]$/) },
  },
  unavailable: { outcome: { kind: 'unavailable' }, status: 503, code: 'unavailable', headers: { 'retry-after': '1' } },
  recovering: { outcome: { kind: 'recovering' }, status: 503, code: 'recovering', headers: { 'retry-after': '2' } },
  draining: { outcome: { kind: 'draining' }, status: 503, code: 'draining', headers: { 'retry-after': '5' } },
} satisfies Record<PurchaseOutcome['kind'], Expected>;

describe('renderOutcome', () => {
  it.each(Object.entries<Expected>(EXPECTED))(
    'renders %s',
    (_kind, { outcome, status, code, headers = {}, members }) => {
      const rendered = renderOutcome(outcome, 'req-1');
      expect(rendered.status).toBe(status);
      expect(Object.fromEntries(rendered.headers)).toEqual(headers);
      if (code === undefined) {
        expect(rendered).toMatchObject({ contentType: 'application/json', body: ORDER_JSON });
      } else {
        expect(rendered.contentType).toBe('application/problem+json');
        expect(JSON.parse(rendered.body)).toMatchObject({ status, code, instance: 'req-1', ...members });
      }
    },
  );
});
