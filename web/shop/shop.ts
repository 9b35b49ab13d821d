import type { LiveClient, OrderJson, StockFrame } from '../../src/client/index.ts';
import { type Spoken, spokenStock } from '../text/spoken-stock.ts';
import type { Api } from './api.ts';
import { buy } from './buy.ts';
import { OrderDesk } from './order-desk.ts';
import { phaseAt } from './phase-at.ts';
import type { Session } from './session.ts';
import { emptyState, type ShopState } from './state.ts';
import { Store } from './store.ts';
import type { UntilKnownOptions } from './until-known.ts';

export interface ShopDeps {
  readonly api: Api;
  readonly session: Session;
  /** Makes the connection, for this token. */
  readonly connect: (token: string | undefined, events: LiveEvents) => LiveClient;
  readonly patience: Omit<UntilKnownOptions, 'onRetry'>;
  /** Says something to those who listen instead of looking. */
  readonly speak: (text: string) => void;
}

export interface LiveEvents {
  readonly onState: (state: LiveClient['state']) => void;
  readonly onLogin: (result: { readonly ok: true; readonly userId: string } | { readonly ok: false }) => void;
}

/** As many as one connection may watch; whatever else is on sale shows the stock of the last reading. */
const MOST_WATCHED = 50;

/** What people do here. All that the page shows stands in `store`. */
export class Shop {
  readonly store = new Store<ShopState>(emptyState);
  readonly #deps: ShopDeps;
  readonly #desk: OrderDesk;
  readonly #watched = new Map<string, () => void>();
  readonly #spoken = new Map<string, Spoken>();
  #live: LiveClient;

  constructor(deps: ShopDeps) {
    this.#deps = deps;
    const { api, session, patience } = deps;
    this.#desk = new OrderDesk({
      ...{ store: this.store, api, patience },
      token: () => session.token(),
      now: () => this.now(),
    });
    this.#live = this.#connect();
  }

  /** The server's clock, milliseconds since 1970; undefined until it is known. */
  now(): number | undefined {
    return this.#live.now();
  }

  signIn(token: string): void {
    this.#deps.session.keepToken(token);
    this.#restart({});
  }

  signOut(note?: string): void {
    this.#deps.session.keepToken(undefined);
    this.#restart({ user: note === undefined ? { kind: 'out' } : { kind: 'out', note } });
  }

  buy(saleId: string): void {
    const { session, patience } = this.#deps;
    void buy(saleId, { store: this.store, live: this.#live, desk: this.#desk, session, patience });
  }

  pay(order: OrderJson): void {
    void this.#desk.act(order, 'pay');
  }

  cancel(order: OrderJson): void {
    void this.#desk.act(order, 'cancel');
  }

  /** Reads the list of sales, and watches those that are not over. */
  async readSales(): Promise<void> {
    const sales = await this.#deps.api.sales().catch(() => undefined);
    this.store.update(() => (sales === undefined ? { salesAway: true } : { sales, salesAway: false }));
    const open = (sales ?? []).filter(({ phase }) => phase !== 'ended' && phase !== 'closed');
    for (const { id } of open.slice(0, MOST_WATCHED)) this.#watch(id);
  }

  readOverdue(): void {
    void this.#desk.readOverdue();
  }

  /** The tab is looked at again, or the network is back. */
  wake(): void {
    this.#live.wake();
  }

  #connect(): LiveClient {
    const token = this.#deps.session.token();
    if (token !== undefined) this.store.update(() => ({ user: { kind: 'checking' } }));
    const live = this.#deps.connect(token, {
      onState: (state) => {
        const { live: before } = this.store.value;
        this.store.update(() => ({ live: state }));
        // Whoever was away for a while has missed what was put on sale meanwhile.
        if (state === 'open' && before === 'connecting' && this.store.value.sales !== undefined) void this.readSales();
      },
      onLogin: (result) => {
        if (!result.ok) return this.signOut('The server does not accept this token; it may have run out.');
        this.store.update(() => ({ user: { kind: 'in', userId: result.userId } }));
        void this.#desk.read();
      },
    });
    live.onOrder((order) => this.#desk.heard([order]));
    return live;
  }

  /** Another buyer, or none: what was one's own is nobody's any more. */
  #restart(state: Partial<ShopState>): void {
    this.#live.close();
    const { sales, stocks, salesAway } = this.store.value;
    this.store.update(() => ({ ...emptyState, sales, stocks, salesAway, ...state }));
    const saleIds = [...this.#watched.keys()];
    this.#watched.clear();
    this.#live = this.#connect();
    for (const saleId of saleIds) this.#watch(saleId);
  }

  #watch(saleId: string): void {
    if (this.#watched.has(saleId)) return;
    const end = this.#live.subscribe(saleId, (frame) => this.#heard(frame));
    this.#watched.set(saleId, end);
  }

  #heard(frame: StockFrame): void {
    this.store.update(({ stocks }) => ({ stocks: { ...stocks, [frame.saleId]: frame } }));
    const sale = this.store.value.sales?.find(({ id }) => id === frame.saleId);
    if (sale === undefined) return;
    const heard = { ...frame, title: sale.title, phase: phaseAt(frame, this.now()) };
    const { spoken, text } = spokenStock(this.#spoken.get(frame.saleId), heard);
    this.#spoken.set(frame.saleId, spoken);
    if (text !== undefined) this.#deps.speak(text);
  }
}
