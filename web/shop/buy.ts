import { isBought, type LiveClient } from '../../src/client/index.ts';
import { randomKey } from '../../src/client/random-key.ts';
import { durationText } from '../text/format.ts';
import { BUSY, problemText, RETRYING, STILL_UNKNOWN } from '../text/problem-text.ts';
import type { OrderTracker } from './order-tracker.ts';
import { type RetryTimers, retryUntilKnown } from './retry-until-known.ts';
import type { Session } from './session.ts';
import type { ShopState } from './state.ts';
import type { Store } from './store.ts';

export interface BuyDeps {
  readonly store: Store<ShopState>;
  readonly live: Pick<LiveClient, 'purchase' | 'now'>;
  readonly session: Session;
  readonly orders: OrderTracker;
  readonly timers: RetryTimers;
}

/** Time limit of one attempt; after it, the next one is sent with the same key. */
const ANSWER_WITHIN_MS = 10_000;

/** Answers after which nothing was bought for certain. */
const NOTHING_DONE = [429, 500];

/** Buys one ticket of a sale, with the same key until the outcome is known, and shows the outcome. */
export async function buy(saleId: string, { store, live, session, orders, timers }: BuyDeps): Promise<void> {
  if (store.value.notes[saleId]?.tone === 'wait') return;
  const idempotencyKey = session.attempt(saleId) ?? randomKey();
  // Kept before it is sent: a page that is reloaded must use the same key.
  session.keepAttempt(saleId, idempotencyKey);
  orders.note(saleId, { tone: 'wait', text: 'Requesting a ticket…' });
  const answer = await retryUntilKnown(() => live.purchase(saleId, { idempotencyKey, timeoutMs: ANSWER_WITHIN_MS }), {
    ...timers,
    onRetry: (last) =>
      orders.note(saleId, { tone: 'wait', text: NOTHING_DONE.includes(last?.status ?? 0) ? BUSY : RETRYING }),
  });
  if (answer === undefined) return orders.note(saleId, { tone: 'bad', text: STILL_UNKNOWN });
  session.keepAttempt(saleId, undefined);
  if (!isBought(answer)) return orders.note(saleId, { tone: 'bad', text: problemText(answer.body, live.now()) });
  const { ticket, payBy, reservedAt } = answer.body;
  orders.update([answer.body]);
  const within = durationText(Date.parse(payBy) - Date.parse(reservedAt));
  orders.note(saleId, { tone: 'good', text: `Ticket ${ticket} is yours. Pay within ${within}.` });
}
