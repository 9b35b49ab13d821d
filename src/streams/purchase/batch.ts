import { isFault } from '../../domain/errors.ts';
import type { IdSource } from '../../domain/ids.ts';
import { fingerprintOf, ownKey, type PurchaseOutcome, type Reservation, reservedOrder } from '../../domain/purchase.ts';
import type { Sale } from '../../domain/sale.ts';
import type { SellItem } from '../../ports/atomic-sale.ts';
import type { ReserveAnswer } from '../../ports/ticket-queue.ts';
import type { AnsweredBatch } from './contract.ts';
import type { PurchaseRequest } from './request.ts';

/** A batch whose outcomes are still being decided. */
export interface OpenBatch extends AnsweredBatch {
  readonly outcomes: PurchaseOutcome[];
}

/** A request's index in its batch, and its item in the queue's call. */
export interface Asked {
  readonly index: number;
  readonly item: SellItem;
}

/** A reservation that must be in the log before its buyer is answered. */
export interface ToPublish {
  readonly index: number;
  readonly outcome: Extract<PurchaseOutcome, { order: unknown }>;
  readonly key: string;
}

export const SOLD_OUT = { kind: 'soldOut' } as const satisfies PurchaseOutcome;
export const OVERLOADED = { kind: 'overloaded' } as const satisfies PurchaseOutcome;
export const UNAVAILABLE = { kind: 'unavailable' } as const satisfies PurchaseOutcome;
export const RECOVERING = { kind: 'recovering' } as const satisfies PurchaseOutcome;
export const ARCHIVED = { kind: 'archived' } as const satisfies PurchaseOutcome;
export const UNKNOWN_SALE = { kind: 'unknownSale' } as const satisfies PurchaseOutcome;

/** `unavailable` until decided otherwise: the state of a request without a decision is unknown. */
export function fromRequests(saleId: string, requests: readonly PurchaseRequest[]): OpenBatch {
  return { saleId, requests, outcomes: new Array<PurchaseOutcome>(requests.length).fill(UNAVAILABLE) };
}

export function outcomeOf(fault: unknown): PurchaseOutcome {
  if (isFault(fault, 'full')) return OVERLOADED;
  return isFault(fault, 'fenced') ? RECOVERING : UNAVAILABLE;
}

export function itemOf({ userId, idempotencyKey, quantity, requestId }: PurchaseRequest, newId: IdSource): SellItem {
  const orderId = newId();
  const key = idempotencyKey === undefined ? ownKey(orderId) : `k:${idempotencyKey}`;
  return { orderId, userId, key, fingerprint: fingerprintOf(quantity), quantity, requestId };
}

/** The answer to a purchase of so many tickets where `remaining`, which are fewer, are left. */
export function shortageOf(remaining: number): PurchaseOutcome {
  return remaining === 0 ? SOLD_OUT : { kind: 'notEnoughLeft', remaining };
}

export function answerAll(batch: OpenBatch, indices: readonly number[], outcome: PurchaseOutcome): OpenBatch {
  for (const i of indices) batch.outcomes[i] = outcome;
  return batch;
}

export interface AnswerContext {
  readonly sale: Sale;
  /** The limit to which `tooManyAttempts` refers. */
  readonly maxAttempts: number;
  /** Whether the reserving call has also written to the log. */
  readonly isLogged: boolean;
}

/** Fills in the queue's final decisions; returns the reservations that must be in the log first. */
export function applyAnswers(
  batch: OpenBatch,
  asked: readonly Asked[],
  answers: readonly ReserveAnswer[],
  { sale, maxAttempts, isLogged }: AnswerContext,
): ToPublish[] {
  const toPublish: ToPublish[] = [];
  answers.forEach((answer, n) => {
    const { index, item } = asked[n] as Asked;
    switch (answer.kind) {
      case 'reserved':
      case 'replayed': {
        const orderId = answer.kind === 'replayed' ? answer.orderId : item.orderId;
        const { tickets, reservedAt } = answer;
        const reservation: Reservation = { orderId, userId: item.userId, tickets, reservedAt };
        const outcome = { kind: answer.kind, order: reservedOrder(sale, reservation) } as const;
        const isPublished = answer.kind === 'replayed' ? answer.published : isLogged;
        if (isPublished) batch.outcomes[index] = outcome;
        else toPublish.push({ index, outcome, key: item.key });
        return;
      }
      case 'notStarted':
        batch.outcomes[index] = { kind: 'notStarted', opensAt: sale.opensAt };
        return;
      case 'soldOut':
        batch.outcomes[index] = SOLD_OUT;
        return;
      case 'tooManyAttempts':
        batch.outcomes[index] = { kind: 'tooManyAttempts', limit: maxAttempts, resetMs: answer.endsInMs };
        return;
      default:
        batch.outcomes[index] = answer;
    }
  });
  return toPublish;
}
