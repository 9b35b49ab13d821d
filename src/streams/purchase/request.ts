import type { PurchaseOutcome } from '../../domain/purchase.ts';

/** A buyer's purchase request, decoded and authenticated. */
export interface PurchaseRequest {
  readonly saleId: string;
  readonly userId: string;
  /** 1 to 255 printable characters; undefined if the buyer sent none. */
  readonly idempotencyKey: string | undefined;
  /** How many tickets: 1 to MAX_QUANTITY. */
  readonly quantity: number;
  readonly requestId: string;
  /** Monotonic milliseconds at which the request was fully received; its deadline counts from here. */
  readonly receivedAt: number;
  /** Called exactly once, synchronously from the stream's subscriber. */
  readonly respond: (outcome: PurchaseOutcome) => void;
}
