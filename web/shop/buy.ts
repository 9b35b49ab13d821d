import { isBought, type LiveClient } from '../../src/client/index.ts';
import { randomKey } from '../../src/client/random-key.ts';
import { durationText } from '../text/format.ts';
import { BUSY, problemText, RETRYING, STILL_UNKNOWN } from '../text/problem-text.ts';
import type { OrderDesk } from './order-desk.ts';
import type { Session } from './session.ts';
import type { ShopState } from './state.ts';
import type { Store } from './store.ts';
import { type UntilKnownOptions, untilKnown } from './until-known.ts';

export interface BuyDeps {
  readonly store: Store<ShopState>;
  readonly live: Pick<LiveClient, 'purchase' | 'now'>;
  readonly session: Session;
  readonly desk: OrderDesk;
  readonly patience: Omit<UntilKnownOptions, 'onRetry'>;
}

/** One try: the buyer is told that we don't know yet, and the next one goes out. */
const ANSWER_WITHIN_MS = 10_000;

/** Nothing was bought, for sure. */
const NOTHING_DONE = [429, 500];

/** Buys one ticket of a sale, with one key for as long as the outcome is unknown, and says what came of it. */
export async function buy(saleId: string, { store, live, session, desk, patience }: BuyDeps): Promise<void> {
  if (store.value.notes[saleId]?.tone === 'wait') return;
  const idempotencyKey = session.attempt(saleId) ?? randomKey();
  // Before it is sent: a page that is closed and opened again must not ask with another key.
  session.keepAttempt(saleId, idempotencyKey);
  desk.note(saleId, { tone: 'wait', text: 'Asking for a ticket…' });
  const answer = await untilKnown(() => live.purchase(saleId, { idempotencyKey, timeoutMs: ANSWER_WITHIN_MS }), {
    ...patience,
    onRetry: (last) =>
      desk.note(saleId, { tone: 'wait', text: NOTHING_DONE.includes(last?.status ?? 0) ? BUSY : RETRYING }),
  });
  if (answer === undefined) return desk.note(saleId, { tone: 'bad', text: STILL_UNKNOWN });
  session.keepAttempt(saleId, undefined);
  if (!isBought(answer)) return desk.note(saleId, { tone: 'bad', text: problemText(answer.body, live.now()) });
  const { ticket, payBy, reservedAt } = answer.body;
  desk.heard([answer.body]);
  const within = durationText(Date.parse(payBy) - Date.parse(reservedAt));
  desk.note(saleId, { tone: 'good', text: `Ticket ${ticket} is yours. Pay within ${within}.` });
}
