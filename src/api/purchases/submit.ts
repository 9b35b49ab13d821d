import { isSaleId } from '../../domain/ids.ts';
import type { Clock } from '../../ports/clock.ts';
import type { PurchaseRequest } from '../../streams/purchase/request.ts';
import type { Rendered } from '../http/problem.ts';
import { type RateLimits, refusalOfBuyer } from '../http/rate-limit.ts';
import { renderOutcome } from './outcome.ts';

export interface SubmitPurchaseDeps {
  readonly purchases: { submit(request: PurchaseRequest): void };
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly limits: RateLimits;
  /** Whether this process is shutting down. */
  readonly draining: () => boolean;
}

/** A purchase by an authenticated buyer, with a key that has been checked. */
export type NewPurchase = Pick<PurchaseRequest, 'saleId' | 'userId' | 'idempotencyKey' | 'quantity' | 'requestId'>;

/** Submits a purchase, from HTTP or the live socket; `respond` is called exactly once, now or later. */
export function submitPurchase(
  { purchases, clock, limits, draining }: SubmitPurchaseDeps,
  { saleId, userId, idempotencyKey, quantity, requestId }: NewPurchase,
  respond: (answer: Rendered) => void,
): void {
  if (draining()) {
    respond(renderOutcome({ kind: 'draining' }, requestId));
    return;
  }
  const refused = refusalOfBuyer(limits, userId, requestId);
  if (refused !== undefined) {
    respond(refused);
  } else if (!isSaleId(saleId)) {
    respond(renderOutcome({ kind: 'unknownSale' }, requestId));
  } else {
    purchases.submit({
      saleId,
      userId,
      idempotencyKey,
      quantity,
      requestId,
      receivedAt: clock.monotonic(),
      respond: (outcome) => respond(renderOutcome(outcome, requestId)),
    });
  }
}
