import { type Static, Type } from '@sinclair/typebox';
import { MAX_QUANTITY } from '../../domain/order.ts';
import type { HttpRequest } from '../../ports/http.ts';
import { bodyReader, isEmptyBody, type ParsedBody } from '../http/body.ts';

export const Quantity = Type.Integer({
  minimum: 1,
  maximum: MAX_QUANTITY,
  default: 1,
  description: "How many tickets: all of them or none. No more than the sale's `perBuyerLimit`.",
});

export const PurchaseBody = Type.Object(
  { quantity: Type.Optional(Quantity) },
  { additionalProperties: false, description: 'May be absent: one ticket.', examples: [{ quantity: 2 }] },
);

const readBody = bodyReader(PurchaseBody);

const ONE: ParsedBody<number> = { ok: true, value: 1 };

/** How many tickets a request asks for. */
export function quantityOf(request: HttpRequest): ParsedBody<number> {
  if (isEmptyBody(request)) return ONE;
  const read: ParsedBody<Static<typeof PurchaseBody>> = readBody(request);
  return read.ok ? { ok: true, value: read.value.quantity ?? 1 } : read;
}
