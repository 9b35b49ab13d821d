import type { OrderJson } from '../../src/client/index.ts';
import { BUSY, problemText, RETRYING, STILL_UNKNOWN } from '../text/problem-text.ts';
import type { Api } from './api.ts';
import { mergeOrders } from './orders.ts';
import { type RetryTimers, retryUntilKnown } from './retry-until-known.ts';
import type { Note, ShopState } from './state.ts';
import type { Store } from './store.ts';

export interface OrderTrackerDeps {
  readonly store: Store<ShopState>;
  readonly api: Api;
  readonly token: () => string | undefined;
  /** The server's clock. */
  readonly now: () => number | undefined;
  readonly timers: RetryTimers;
}

/** The event of an expired order usually comes within a second; after this time the order is read. */
const OVERDUE_MS = 1_500;

/** The buyer's orders: reads, pays and cancels them, and follows each until it is final. */
export class OrderTracker {
  readonly #deps: OrderTrackerDeps;

  constructor(deps: OrderTrackerDeps) {
    this.#deps = deps;
  }

  update(orders: readonly OrderJson[]): void {
    this.#deps.store.update((state) => ({ orders: mergeOrders(state.orders, orders) }));
    // The sale's "Pay within" note must not outlive the order.
    for (const { saleId, state } of orders) {
      if (state !== 'reserved' && this.#deps.store.value.notes[saleId]?.tone === 'good') this.note(saleId, undefined);
    }
  }

  /** Reads all orders, because events may have been missed. */
  async refresh(): Promise<void> {
    const token = this.#deps.token();
    if (token === undefined) return;
    const answer = await this.#deps.api.orders(token).catch(() => undefined);
    if (answer?.ok && token === this.#deps.token()) this.update(answer.body.items);
  }

  /** Reads the orders whose time to pay is over and for which no event has come. */
  async refreshOverdue(): Promise<void> {
    const token = this.#deps.token();
    const now = this.#deps.now();
    if (token === undefined || now === undefined) return;
    const overdue = this.#deps.store.value.orders.filter(
      ({ state, payBy }) => state === 'reserved' && Date.parse(payBy) + OVERDUE_MS < now,
    );
    for (const { id } of overdue) {
      const answer = await this.#deps.api.order(token, id).catch(() => undefined);
      if (answer?.ok && token === this.#deps.token()) this.update([answer.body]);
    }
  }

  /** Pays or cancels; both are safe to repeat. */
  async act(order: OrderJson, action: 'pay' | 'cancel'): Promise<void> {
    const { api, token, timers, now, store } = this.#deps;
    const bearer = token();
    if (bearer === undefined || store.value.notes[order.id]?.tone === 'wait') return;
    this.note(order.id, { tone: 'wait', text: action === 'pay' ? 'Paying…' : 'Cancelling…' });
    const answer = await retryUntilKnown(() => api.act(bearer, order.id, action), {
      ...timers,
      onRetry: (last) => this.note(order.id, { tone: 'wait', text: last?.status === 429 ? BUSY : RETRYING }),
    });
    if (answer?.ok) {
      this.update([answer.body]);
      this.note(order.id, undefined);
    } else {
      this.note(order.id, { tone: 'bad', text: answer ? problemText(answer.body, now()) : STILL_UNKNOWN });
      await this.refresh();
    }
  }

  /** Shows a note about a sale or an order; undefined removes it. */
  note(id: string, note: Note | undefined): void {
    this.#deps.store.update(({ notes: { [id]: _, ...others } }) => ({
      notes: note === undefined ? others : { ...others, [id]: note },
    }));
  }
}
