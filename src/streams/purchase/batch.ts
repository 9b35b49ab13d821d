import { isFault } from '../../domain/errors.ts';
import type { IdSource } from '../../domain/ids.ts';
import { ownKey, PURCHASE_FINGERPRINT, type PurchaseOutcome } from '../../domain/purchase.ts';
import type { SellItem } from '../../ports/atomic-sale.ts';
import type { PurchaseRequest } from '../purchase-request.ts';
import type { AnsweredBatch } from './contract.ts';

/** A batch whose outcomes are being found. */
export interface OpenBatch extends AnsweredBatch {
  readonly outcomes: PurchaseOutcome[];
}

/** A request's place in its batch, and what the queue is asked for it. */
export interface Asked {
  readonly index: number;
  readonly item: SellItem;
}

/** A reservation that the log has to take before its buyer is told. */
export interface ToPublish {
  readonly index: number;
  readonly outcome: Extract<PurchaseOutcome, { order: unknown }>;
  readonly key: string;
}

export const SOLD_OUT = { kind: 'soldOut' } as const satisfies PurchaseOutcome;
export const OVERLOADED = { kind: 'overloaded' } as const satisfies PurchaseOutcome;
export const UNAVAILABLE = { kind: 'unavailable' } as const satisfies PurchaseOutcome;
export const RECOVERING = { kind: 'recovering' } as const satisfies PurchaseOutcome;
export const UNKNOWN_SALE = { kind: 'unknownSale' } as const satisfies PurchaseOutcome;

export function outcomeOf(fault: unknown): PurchaseOutcome {
  if (isFault(fault, 'full')) return OVERLOADED;
  return isFault(fault, 'fenced') ? RECOVERING : UNAVAILABLE;
}

export function itemOf({ userId, idempotencyKey, requestId }: PurchaseRequest, newId: IdSource): SellItem {
  const orderId = newId();
  const key = idempotencyKey === undefined ? ownKey(orderId) : `k:${idempotencyKey}`;
  return { orderId, userId, key, fingerprint: PURCHASE_FINGERPRINT, requestId };
}

export function answerAll(batch: OpenBatch, indices: readonly number[], outcome: PurchaseOutcome): OpenBatch {
  for (const i of indices) batch.outcomes[i] = outcome;
  return batch;
}
