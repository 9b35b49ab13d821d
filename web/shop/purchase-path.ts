import { type LiveClient, type PurchaseAnswer, PurchaseUnanswered } from '../../src/client/index.ts';
import type { Api } from './api.ts';
import type { RetryTimers } from './retry-until-known.ts';
import type { Attempt } from './session.ts';
import type { ShopState } from './state.ts';
import type { Store } from './store.ts';
import { untilConnected } from './until-connected.ts';

export interface PurchasePathDeps {
  readonly store: Pick<Store<Pick<ShopState, 'live'>>, 'value' | 'subscribe'>;
  readonly live: Pick<LiveClient, 'purchase' | 'state'>;
  readonly api: Pick<Api, 'purchase'>;
  readonly token: string;
  readonly timers: Pick<RetryTimers, 'wait'>;
}

/** Time limit of one attempt; after it, the next one is sent with the same key. */
const ANSWER_WITHIN_MS = 10_000;

/**
 * One attempt to buy: over the live connection while it is open, by HTTP otherwise, as behind a proxy without WebSocket. Both
 * give the same answer, and a key that was used on one never buys again on the other.
 * Errors: PurchaseUnanswered, NotSent, and those of fetch.
 */
export async function purchaseOnce(
  saleId: string,
  attempt: Attempt,
  { store, live, api, token, timers }: PurchasePathDeps,
): Promise<PurchaseAnswer> {
  const { key, quantity } = attempt;
  await untilConnected(store, timers);
  if (live.state === 'open' || live.state === 'closed') {
    try {
      return await live.purchase(saleId, { idempotencyKey: key, quantity, timeoutMs: ANSWER_WITHIN_MS });
    } catch (error) {
      // A client is closed when the user has changed: then nothing may be bought for the one before.
      if (!(error instanceof PurchaseUnanswered) || error.sent || isClosed(live)) throw error;
    }
  }
  const { status, body } = await api.purchase(token, saleId, attempt);
  // The status determines the type of the body.
  return { status, body, idempotencyKey: key } as PurchaseAnswer;
}

/** Read anew: it may have changed during an await, which the compiler does not see. */
function isClosed({ state }: Pick<LiveClient, 'state'>): boolean {
  return state === 'closed';
}
