import { isBought, type LiveClient, PurchaseUnanswered } from '../../src/client/index.ts';
import { randomKey } from '../../src/client/random-key.ts';
import { durationText, ticketsText } from '../text/format.ts';
import { BUSY, NOT_SENT, NOTHING_SENT_YET, problemText, RETRYING, STILL_UNKNOWN } from '../text/problem-text.ts';
import { type Api, NotSent } from './api.ts';
import type { OrderTracker } from './order-tracker.ts';
import { purchaseOnce } from './purchase-path.ts';
import { type RetryTimers, retryUntilKnown } from './retry-until-known.ts';
import type { Session } from './session.ts';
import type { ShopState } from './state.ts';
import type { Store } from './store.ts';

export interface BuyDeps {
  readonly store: Store<ShopState>;
  readonly live: Pick<LiveClient, 'purchase' | 'state'>;
  readonly api: Pick<Api, 'purchase'>;
  /** The server's clock. */
  readonly now: () => number | undefined;
  readonly session: Session;
  readonly orders: Pick<OrderTracker, 'note' | 'update'>;
  readonly timers: RetryTimers;
}

/** Answers after which nothing was bought for certain. */
const NOTHING_DONE = [429, 500];

/**
 * Buys tickets of a sale, with the same key until the outcome is known, and shows the outcome. An earlier purchase whose
 * outcome is not known comes first, with the number that it was for.
 */
export async function buy(saleId: string, quantity: number, deps: BuyDeps): Promise<void> {
  const { store, session, orders, timers, now } = deps;
  const token = session.token();
  if (token === undefined || store.value.notes[saleId]?.tone === 'wait') return;
  const earlier = session.attempt(saleId);
  const wanted = earlier ?? { key: randomKey(), quantity };
  /** Whether a request of this key may have reached the server without an answer that says what it did. */
  let unknown = earlier !== undefined;
  // Kept before it is sent: a page that is reloaded must use the same key.
  session.keepAttempt(saleId, wanted);
  orders.note(saleId, {
    tone: 'wait',
    text: wanted.quantity === 1 ? 'Requesting a ticket…' : `Requesting ${wanted.quantity} tickets…`,
  });
  const attempt = () =>
    purchaseOnce(saleId, wanted, { ...deps, token }).catch((error: unknown) => {
      unknown ||= !wasNotSent(error);
      throw error;
    });
  const answer = await retryUntilKnown(attempt, {
    ...timers,
    onRetry: (last) => {
      const busy = NOTHING_DONE.includes(last?.status ?? 0);
      unknown ||= last !== undefined && !busy;
      const why = unknown ? RETRYING : NOTHING_SENT_YET;
      orders.note(saleId, { tone: 'wait', text: busy ? BUSY : why });
    },
  });
  if (answer === undefined) return orders.note(saleId, { tone: 'bad', text: unknown ? STILL_UNKNOWN : NOT_SENT });
  session.keepAttempt(saleId, undefined);
  if (!isBought(answer)) return orders.note(saleId, { tone: 'bad', text: problemText(answer.body, now()) });
  const { tickets, payBy, reservedAt } = answer.body;
  orders.update([answer.body]);
  const within = durationText(Date.parse(payBy) - Date.parse(reservedAt));
  orders.note(saleId, {
    tone: 'good',
    text: `${ticketsText(tickets)} ${tickets.length === 1 ? 'is' : 'are'} yours. Pay within ${within}.`,
  });
}

function wasNotSent(error: unknown): boolean {
  return error instanceof NotSent || (error instanceof PurchaseUnanswered && !error.sent);
}
