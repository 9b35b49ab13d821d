import type { OrderJson } from '../../src/client/index.ts';
import { BUSY, problemText, RETRYING, STILL_UNKNOWN } from '../text/problem-text.ts';
import type { Api } from './api.ts';
import { mergeOrders } from './orders.ts';
import type { Note, ShopState } from './state.ts';
import type { Store } from './store.ts';
import { type UntilKnownOptions, untilKnown } from './until-known.ts';

export interface OrderDeskDeps {
  readonly store: Store<ShopState>;
  readonly api: Api;
  readonly token: () => string | undefined;
  /** The server's clock. */
  readonly now: () => number | undefined;
  readonly patience: Omit<UntilKnownOptions, 'onRetry'>;
}

/** News of an order that expired comes within a second; after that we ask. */
const OVERDUE_MS = 1_500;

/** The buyer's orders: read, paid, cancelled, and followed to their end. */
export class OrderDesk {
  readonly #deps: OrderDeskDeps;

  constructor(deps: OrderDeskDeps) {
    this.#deps = deps;
  }

  heard(orders: readonly OrderJson[]): void {
    this.#deps.store.update((state) => ({ orders: mergeOrders(state.orders, orders) }));
    // "Pay within" stands at the sale; it must not outlive the order.
    for (const { saleId, state } of orders) {
      if (state !== 'reserved' && this.#deps.store.value.notes[saleId]?.tone === 'good') this.note(saleId, undefined);
    }
  }

  /** Reads all of them: news of some may have been missed. */
  async read(): Promise<void> {
    const token = this.#deps.token();
    if (token === undefined) return;
    const answer = await this.#deps.api.orders(token).catch(() => undefined);
    if (answer?.ok && token === this.#deps.token()) this.heard(answer.body.items);
  }

  /** Asks after those whose time is up and of whose end nobody told. */
  async readOverdue(): Promise<void> {
    const token = this.#deps.token();
    const now = this.#deps.now();
    if (token === undefined || now === undefined) return;
    const overdue = this.#deps.store.value.orders.filter(
      ({ state, payBy }) => state === 'reserved' && Date.parse(payBy) + OVERDUE_MS < now,
    );
    for (const { id } of overdue) {
      const answer = await this.#deps.api.order(token, id).catch(() => undefined);
      if (answer?.ok && token === this.#deps.token()) this.heard([answer.body]);
    }
  }

  /** Pays or cancels; both may be repeated safely. */
  async act(order: OrderJson, action: 'pay' | 'cancel'): Promise<void> {
    const { api, token, patience, now, store } = this.#deps;
    const bearer = token();
    if (bearer === undefined || store.value.notes[order.id]?.tone === 'wait') return;
    this.note(order.id, { tone: 'wait', text: action === 'pay' ? 'Paying…' : 'Cancelling…' });
    const answer = await untilKnown(() => api.act(bearer, order.id, action), {
      ...patience,
      onRetry: (last) => this.note(order.id, { tone: 'wait', text: last?.status === 429 ? BUSY : RETRYING }),
    });
    if (answer?.ok) {
      this.heard([answer.body]);
      this.note(order.id, undefined);
    } else {
      this.note(order.id, { tone: 'bad', text: answer ? problemText(answer.body, now()) : STILL_UNKNOWN });
      await this.read();
    }
  }

  note(id: string, note: Note | undefined): void {
    this.#deps.store.update(({ notes: { [id]: _, ...others } }) => ({
      notes: note === undefined ? others : { ...others, [id]: note },
    }));
  }
}
