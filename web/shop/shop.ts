import type { LiveClient, OrderJson, StockFrame } from '../../src/client/index.ts';
import { ServerClock } from '../../src/client/server-clock.ts';
import { type Announced, announceStock } from '../text/stock-announcement.ts';
import type { Api } from './api.ts';
import { buy } from './buy.ts';
import { OrderTracker } from './order-tracker.ts';
import { isOver, phaseAt } from './phase-at.ts';
import type { RetryTimers } from './retry-until-known.ts';
import type { Session } from './session.ts';
import { signInByHttp } from './sign-in-by-http.ts';
import { emptyState, type ShopState } from './state.ts';
import { Store } from './store.ts';
import { subjectOf } from './token-subject.ts';

export interface ShopDeps {
  readonly api: Api;
  readonly session: Session;
  /** Opens the live connection for this token. */
  readonly connect: (token: string | undefined, events: LiveEvents) => LiveClient;
  readonly timers: RetryTimers;
  /** Announces a text to screen readers. */
  readonly announce: (text: string) => void;
}

export interface LiveEvents {
  readonly onState: (state: LiveClient['state']) => void;
  readonly onLogin: (result: { readonly ok: true; readonly userId: string } | { readonly ok: false }) => void;
}

/** The server's limit per connection; further sales show the stock as of the last reading. */
const MAX_WATCHED = 50;

/** The actions of the page. Everything that the page shows is in `store`. */
export class Shop {
  readonly store = new Store<ShopState>(emptyState);
  readonly #deps: ShopDeps;
  readonly #orders: OrderTracker;
  readonly #watched = new Map<string, () => void>();
  readonly #announced = new Map<string, Announced>();
  /** Set by the answers over HTTP, for as long as the live connection has not opened. */
  readonly #clock: ServerClock;
  #live: LiveClient;

  constructor(deps: ShopDeps) {
    this.#deps = deps;
    const { api, session, timers } = deps;
    this.#clock = new ServerClock(timers.monotonic);
    this.#orders = new OrderTracker({
      ...{ store: this.store, api, timers },
      token: () => session.token(),
      now: () => this.now(),
    });
    this.#live = this.#connect();
  }

  /** The server's clock, milliseconds since 1970; undefined until it is known. */
  now(): number | undefined {
    return this.#live.now() ?? this.#clock.now();
  }

  signIn(token: string): void {
    this.#deps.session.keepToken(token);
    this.#restart({ offered: undefined });
  }

  /**
   * A link asks to sign in with this token. Anybody can make such a link, and who follows it would buy and pay as somebody
   * else without noticing: so the user is asked first.
   */
  offerSignIn(token: string): void {
    if (token === this.#deps.session.token()) return;
    this.store.update(() => ({ offered: { token, userId: subjectOf(token) ?? 'somebody else' } }));
  }

  declineSignIn(): void {
    this.store.update(() => ({ offered: undefined }));
  }

  signOut(note?: string): void {
    this.#deps.session.keepToken(undefined);
    this.#restart({ user: note === undefined ? { kind: 'out' } : { kind: 'out', note } });
  }

  buy(saleId: string, quantity: number): void {
    const { session, timers, api } = this.#deps;
    const now = () => this.now();
    void buy(saleId, quantity, {
      store: this.store,
      live: this.#live,
      api,
      orders: this.#orders,
      session,
      timers,
      now,
    });
  }

  pay(order: OrderJson): void {
    void this.#orders.act(order, 'pay');
  }

  cancel(order: OrderJson): void {
    void this.#orders.act(order, 'cancel');
  }

  /** Reads the list of sales, and watches the stock of those that have not ended. */
  async readSales(): Promise<void> {
    const since = this.#clock.mark();
    const sales = await this.#deps.api.sales().catch(() => undefined);
    const [first] = sales ?? [];
    if (first !== undefined) this.#clock.observe(Date.parse(first.serverTime), since);
    this.store.update(({ polled }) => {
      if (sales === undefined) return { salesUnavailable: true };
      // Frames of a connection that is lost are older than the list.
      return { sales, salesUnavailable: false, ...(polled !== false ? { stocks: {} } : {}) };
    });
    const open = (sales ?? []).filter(({ phase }) => !isOver(phase));
    for (const { id } of open.slice(0, MAX_WATCHED)) this.#watch(id);
  }

  refreshOverdueOrders(): void {
    void this.#orders.refreshOverdue();
  }

  /** The tab is visible again, or the browser is online again. */
  wake(): void {
    this.#live.wake();
  }

  #connect(): LiveClient {
    const token = this.#deps.session.token();
    if (token !== undefined) this.store.update(() => ({ user: { kind: 'checking' } }));
    let opened = false;
    const live = this.#deps.connect(token, {
      onState: (state) => {
        const { live: before } = this.store.value;
        if (state === 'open') opened = true;
        // The next attempt leaves it polled: only an open connection ends that.
        if (state === 'open') this.store.update(() => ({ live: state, polled: false }));
        else if (state === 'waiting') this.store.update(() => ({ live: state, polled: opened ? 'lost' : 'never' }));
        else this.store.update(() => ({ live: state }));
        // After a reconnect: sales may have been added in the meantime.
        if (state === 'open' && before === 'connecting' && this.store.value.sales !== undefined) void this.readSales();
      },
      onLogin: (result) => {
        if (!result.ok) return this.#refused();
        this.store.update(() => ({ user: { kind: 'in', userId: result.userId } }));
        void this.#orders.refresh();
      },
    });
    live.onOrder((order) => this.#orders.update([order]));
    if (token !== undefined) void this.#signInByHttp(token, live);
    return live;
  }

  #signInByHttp(token: string, live: LiveClient): Promise<void> {
    const { api, timers } = this.#deps;
    return signInByHttp(token, {
      ...{ store: this.store, api, timers },
      current: () => this.#live === live,
      onUser: (user) => this.store.update(() => ({ user })),
      onOrders: (orders) => this.#orders.update(orders),
      onRefused: () => this.#refused(),
    });
  }

  #refused(): void {
    this.signOut('The server does not accept this token. It may have expired.');
  }

  /** Starts over for another user or none: the previous user's data is cleared. */
  #restart(state: Partial<ShopState>): void {
    this.#live.close();
    const { sales, stocks, salesUnavailable, offered } = this.store.value;
    this.store.update(() => ({ ...emptyState, sales, stocks, salesUnavailable, offered, ...state }));
    const saleIds = [...this.#watched.keys()];
    this.#watched.clear();
    this.#live = this.#connect();
    for (const saleId of saleIds) this.#watch(saleId);
  }

  #watch(saleId: string): void {
    if (this.#watched.has(saleId)) return;
    const end = this.#live.subscribe(saleId, (frame) => this.#stockReceived(frame));
    this.#watched.set(saleId, end);
  }

  #stockReceived(frame: StockFrame): void {
    this.store.update(({ stocks }) => ({ stocks: { ...stocks, [frame.saleId]: frame } }));
    const sale = this.store.value.sales?.find(({ id }) => id === frame.saleId);
    if (sale === undefined) return;
    const current = { ...frame, title: sale.title, phase: phaseAt(frame, this.now()) };
    const { announced, text } = announceStock(this.#announced.get(frame.saleId), current);
    this.#announced.set(frame.saleId, announced);
    if (text !== undefined) this.#deps.announce(text);
  }
}
