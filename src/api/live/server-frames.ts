import { Type } from '@sinclair/typebox';
import type { Order } from '../../domain/order.ts';
import { PHASES } from '../../domain/sale.ts';
import type { StockFrame } from '../../streams/countdown/sale-countdown.ts';
import { Count, SaleId, StringEnum, Time } from '../http/common-schemas.ts';
import { serialiser } from '../http/json.ts';
import type { Rendered } from '../http/problem.ts';
import { createTimeText } from '../http/time-text.ts';
import { serialiseOrder } from '../orders/json.ts';

/** Sent to a subscriber at once and on each change. */
const StockFrameSchema = Type.Object({
  type: Type.Literal('stock'),
  saleId: SaleId,
  remaining: Count('Tickets left.'),
  total: Count('Tickets in the sale.'),
  phase: StringEnum(PHASES, 'The phase of the sale as buyers see it now.'),
  version: Type.Integer({
    description: "The stock's version: of two frames, the one with the higher version is newer.",
  }),
  opensAt: Time('When it opens.'),
  closesAt: Time('When it ends.'),
  serverTime: Time("The server's clock when this was written."),
});

const writeStock = serialiser(StockFrameSchema);
const opensAtText = createTimeText();
const closesAtText = createTimeText();
const serverTimeText = createTimeText();

/** Serialised once for all subscribers. */
export function stockText({ opensAt, closesAt, serverTime, ...rest }: StockFrame): string {
  return writeStock({
    type: 'stock',
    ...rest,
    opensAt: opensAtText(opensAt),
    closesAt: closesAtText(closesAt),
    serverTime: serverTimeText(serverTime),
  });
}

export function orderText(order: Order): string {
  return `{"type":"order","order":${serialiseOrder(order)}}`;
}

export function helloText(connectionId: string, nowMs: number): string {
  return `{"type":"hello","serverTime":"${serverTimeText(nowMs)}","connectionId":${JSON.stringify(connectionId)}}`;
}

/** Here and below, `id` is passed as JSON. */
export function pongText(id: string, nowMs: number): string {
  return `{"type":"pong","id":${id},"serverTime":"${serverTimeText(nowMs)}"}`;
}

export function authText(id: string, userId: string): string {
  return `{"type":"auth","id":${id},"userId":${JSON.stringify(userId)}}`;
}

export function subscriptionText(type: 'subscribed' | 'unsubscribed', id: string): string {
  return `{"type":"${type}","id":${id}}`;
}

/** The body is that of the HTTP answer, byte for byte. */
export function purchaseText(id: string, { status, body }: Rendered): string {
  return `{"type":"purchase","id":${id},"status":${status},"body":${body}}`;
}

export function errorText(id: string | undefined, { status, body }: Rendered): string {
  return `{"type":"error",${id === undefined ? '' : `"id":${id},`}"status":${status},"body":${body}}`;
}
