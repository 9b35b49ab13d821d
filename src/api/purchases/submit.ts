import type { Clock } from '../../ports/clock.ts';
import type { PurchaseRequest } from '../../streams/purchase/request.ts';
import { isIdempotencyKey } from '../http/idempotency-key.ts';
import { problem, type Rendered } from '../http/problem.ts';
import { type RateLimits, refusalOfBuyer } from '../http/rate-limit.ts';
import { isSaleId } from '../sales/routes.ts';
import { renderOutcome } from './outcome.ts';

export interface SubmitPurchaseDeps {
  readonly purchases: { submit(request: PurchaseRequest): void };
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly limits: RateLimits;
  /** Whether this process is shutting down. */
  readonly draining: () => boolean;
}

/** A purchase by a buyer who is known, with a key that was checked. */
export type AskedPurchase = Pick<PurchaseRequest, 'saleId' | 'userId' | 'idempotencyKey' | 'requestId'>;

const KEY_ERROR = {
  in: 'header',
  path: 'Idempotency-Key',
  message: 'must be 1 to 255 printable ASCII characters',
} as const;

/** The answer to a key that is none; undefined when it is one, or there is none. */
export function refusalOfKey(key: string | undefined, requestId: string): Rendered | undefined {
  return key === undefined || isIdempotencyKey(key)
    ? undefined
    : problem('invalid', requestId, { errors: [KEY_ERROR] });
}

/** Where purchases are handed in, over HTTP or the live socket; `respond` is called exactly once, now or later. */
export function submitPurchase(
  { purchases, clock, limits, draining }: SubmitPurchaseDeps,
  { saleId, userId, idempotencyKey, requestId }: AskedPurchase,
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
      requestId,
      receivedAt: clock.monotonic(),
      respond: (outcome) => respond(renderOutcome(outcome, requestId)),
    });
  }
}
