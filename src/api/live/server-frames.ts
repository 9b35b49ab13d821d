import { Type } from '@sinclair/typebox';
import type { Order } from '../../domain/order.ts';
import { PHASES } from '../../domain/sale.ts';
import type { StockFrame } from '../../streams/countdown/sale-countdown.ts';
import { SaleId, StringEnum, Time } from '../http/common-schemas.ts';
import type { Rendered } from '../http/problem.ts';
import { serialiser } from '../http/serialise.ts';
import { createTimeText } from '../http/time-text.ts';
import { serialiseOrder } from '../orders/json.ts';

/** What a subscriber gets at once, and on change. */
export const StockFrameSchema = Type.Object({
  type: Type.Literal('stock'),
  saleId: SaleId,
  remaining: Type.Integer({ minimum: 0, description: 'Tickets left.' }),
  total: Type.Integer({ minimum: 0, description: 'Tickets in the sale.' }),
  phase: StringEnum(PHASES, 'What a buyer can expect right now.'),
  version: Type.Integer({ description: "The stock's: of two frames, the one with the greater is newer." }),
  opensAt: Time('When it opens.'),
  closesAt: Time('When it ends.'),
  serverTime: Time("The server's clock when this was written."),
});

const writeStock = serialiser(StockFrameSchema);
const opensAtText = createTimeText();
const closesAtText = createTimeText();
const serverTimeText = createTimeText();

/** Written once for all who see it. */
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

/** Ids are given as JSON from here on. */
export function pongText(id: string, nowMs: number): string {
  return `{"type":"pong","id":${id},"serverTime":"${serverTimeText(nowMs)}"}`;
}

export function authText(id: string, userId: string): string {
  return `{"type":"auth","id":${id},"userId":${JSON.stringify(userId)}}`;
}

export function subscriptionText(type: 'subscribed' | 'unsubscribed', id: string): string {
  return `{"type":"${type}","id":${id}}`;
}

/** The body is the HTTP answer's, byte for byte. */
export function purchaseText(id: string, { status, body }: Rendered): string {
  return `{"type":"purchase","id":${id},"status":${status},"body":${body}}`;
}

export function errorText(id: string | undefined, { status, body }: Rendered): string {
  return `{"type":"error",${id === undefined ? '' : `"id":${id},`}"status":${status},"body":${body}}`;
}
