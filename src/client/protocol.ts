/**
 * The frames of `/v1/live`, version 1, as this client writes and reads them. Times are RFC 3339, UTC. Declared separately
 * from the server's schemas so that the client has no dependencies.
 */
export type Phase = 'draft' | 'upcoming' | 'live' | 'paused' | 'sold_out' | 'ended' | 'closed' | 'archived';

/** The complete stock of a sale at one moment. Of two frames, the one with the higher version is newer. */
export interface StockFrame {
  readonly type: 'stock';
  readonly saleId: string;
  readonly remaining: number;
  readonly total: number;
  readonly phase: Phase;
  readonly version: number;
  readonly opensAt: string;
  readonly closesAt: string;
  readonly serverTime: string;
}

/** The most tickets of one purchase, whatever the sale's limit is. */
export const MAX_QUANTITY = 20;

export interface MoneyJson {
  readonly amount: number;
  readonly currency: string;
}

export type OrderState = 'reserved' | 'paid' | 'cancelled' | 'expired' | 'rejected';

export interface OrderJson {
  readonly id: string;
  readonly saleId: string;
  readonly productId: string;
  readonly userId: string;
  /** Ascending; they are paid, cancelled and expire together. */
  readonly tickets: readonly number[];
  readonly quantity: number;
  /** Of one ticket, in minor units: 12999 is 129.99 of a currency with cents. */
  readonly price: MoneyJson;
  /** What the order costs. */
  readonly total: MoneyJson;
  readonly state: OrderState;
  readonly reservedAt: string;
  readonly payBy: string;
  readonly paidAt?: string;
  readonly endedAt?: string;
  /** A payment has begun: the order is kept for its result, until then at the latest. */
  readonly heldUntil?: string;
  /** What was given back of what was paid, or will be. */
  readonly refunded?: MoneyJson;
  /** It had ended when its money came: the paid order that the money has bought. */
  readonly rebookedAs?: string;
  /** The order for which the money of this one came too late. */
  readonly rebookOf?: string;
}

/** RFC 9457. */
export interface ProblemJson {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly instance?: string;
  readonly orderIds?: readonly string[];
  /** With `not_enough_left`: the tickets that are left. */
  readonly remaining?: number;
  readonly opensAt?: string;
}

export type ServerFrame =
  | { readonly type: 'hello'; readonly serverTime: string; readonly connectionId: string }
  | { readonly type: 'pong'; readonly id: number; readonly serverTime: string }
  | { readonly type: 'auth'; readonly id: number; readonly userId: string }
  | { readonly type: 'subscribed' | 'unsubscribed'; readonly id: number }
  | StockFrame
  | {
      readonly type: 'purchase';
      readonly id: number;
      readonly status: number;
      readonly body: OrderJson | ProblemJson;
    }
  | { readonly type: 'order'; readonly order: OrderJson }
  | { readonly type: 'error'; readonly id?: number; readonly status: number; readonly body: ProblemJson };

export type ClientFrame =
  | { readonly type: 'auth'; readonly id: number; readonly token: string }
  | { readonly type: 'subscribe' | 'unsubscribe'; readonly id: number; readonly saleId: string }
  | { readonly type: 'purchase'; readonly id: number; readonly saleId: string; readonly idempotencyKey: string }
  | { readonly type: 'ping'; readonly id: number };

/** Parses a received frame; undefined if it is not one. */
export function parseFrame(data: unknown): ServerFrame | undefined {
  if (typeof data !== 'string') return undefined;
  try {
    const frame: unknown = JSON.parse(data);
    return typeof frame === 'object' && frame !== null && 'type' in frame ? (frame as ServerFrame) : undefined;
  } catch {
    return undefined;
  }
}
