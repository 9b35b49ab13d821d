import type { Phase, Sale } from '../domain/sale.ts';
import { isPublic, phaseOf } from '../domain/sale.ts';
import type { Catalogue } from '../ports/catalogue.ts';
import type { Clock } from '../ports/clock.ts';
import type { TicketQueue } from '../ports/ticket-queue.ts';
import { everySale } from './every-sale.ts';

/** A sale as a buyer sees it at one moment. */
export interface SaleView {
  readonly sale: Sale;
  readonly remaining: number;
  readonly phase: Phase;
  /** The server's clock, milliseconds since 1970. */
  readonly serverTime: number;
}

export interface ListSales {
  readonly phase?: Phase;
  /** The id of the last sale of the page before. */
  readonly after?: string;
  /** 1 to 200. */
  readonly limit: number;
  readonly includeDrafts: boolean;
}

export interface SalesPage {
  readonly items: readonly SaleView[];
  /** There when more may follow. */
  readonly next?: string;
}

export interface SalesOptions {
  /** How long a sale is served from memory before the catalogue is asked again. */
  readonly saleTtlMs: number;
  /** How old a stock figure may be that no purchase has refreshed. */
  readonly stockTtlMs: number;
  /** Sales kept in memory. */
  readonly capacity: number;
}

export const salesDefaults = {
  // Drafts are all that changes often, and nobody buys from a draft.
  saleTtlMs: 1000,
  // The bound that buyers are promised for a stock figure.
  stockTtlMs: 100,
  capacity: 10_000,
} as const satisfies SalesOptions;

interface Cached<T> {
  value: T;
  /** Monotonic milliseconds. */
  readAt: number;
}

/**
 * Sales and their stock, from memory whenever it is fresh enough. One process asks the catalogue and the queue at most
 * once a sale and lifetime, however many buyers look.
 */
export class Sales {
  readonly #sales = new Map<string, Cached<Sale | undefined>>();
  readonly #stock = new Map<string, Cached<number>>();
  readonly #loading = new Map<string, Promise<unknown>>();
  readonly #options: SalesOptions;

  constructor(
    private readonly ports: {
      readonly catalogue: Pick<Catalogue, 'sale' | 'sales'>;
      readonly queue: Pick<TicketQueue, 'remaining'>;
      readonly clock: Clock;
    },
    options: Partial<SalesOptions> = {},
  ) {
    this.#options = { ...salesDefaults, ...options };
  }

  /** The sale if memory has it fresh; a published sale's price, product and total never change. */
  known(saleId: string): Sale | undefined {
    const cached = this.#sales.get(saleId);
    return cached !== undefined && this.#fresh(cached, this.#options.saleTtlMs) ? cached.value : undefined;
  }

  /** The sale, drafts included; undefined when there is none. A catalogue that is away is answered for from memory. */
  async find(saleId: string): Promise<Sale | undefined> {
    const cached = this.#sales.get(saleId);
    if (cached !== undefined && this.#fresh(cached, this.#options.saleTtlMs)) return cached.value;
    try {
      return await this.#once(
        saleLoad(saleId),
        () => this.ports.catalogue.sale(saleId),
        (sale) => this.#keepSale(saleId, sale),
      );
    } catch (error) {
      if (cached?.value === undefined) throw error;
      return cached.value;
    }
  }

  async view(saleId: string): Promise<SaleView | undefined> {
    const sale = this.known(saleId) ?? (await this.find(saleId));
    return sale === undefined ? undefined : this.#view(sale, await this.#remaining(sale));
  }

  async list({ phase, after, limit, includeDrafts }: ListSales): Promise<SalesPage> {
    const items: SaleView[] = [];
    for await (const sale of everySale(this.ports.catalogue, {
      includeDrafts,
      ...(after === undefined ? {} : { after }),
    })) {
      this.#keepSale(sale.id, sale);
      const view = this.#view(sale, await this.#remaining(sale));
      if (phase !== undefined && view.phase !== phase) continue;
      if (items.length === limit) return { items, next: (items.at(-1) as SaleView).sale.id };
      items.push(view);
    }
    return { items };
  }

  /** A stock figure that came with an answer of the queue. */
  observe(saleId: string, remaining: number): void {
    this.#stock.set(saleId, { value: remaining, readAt: this.ports.clock.monotonic() });
  }

  /** The sale changed: ask the catalogue again. What is being read now may be from before, and is not kept. */
  forget(saleId: string): void {
    this.#sales.delete(saleId);
    this.#stock.delete(saleId);
    this.#loading.delete(saleLoad(saleId));
    this.#loading.delete(stockLoad(saleId));
  }

  async #remaining(sale: Sale): Promise<number> {
    if (!isPublic(sale)) return sale.total;
    const cached = this.#stock.get(sale.id);
    if (cached !== undefined && this.#fresh(cached, this.#options.stockTtlMs)) return cached.value;
    try {
      return await this.#once(
        stockLoad(sale.id),
        async () => (await this.ports.queue.remaining(sale.id)) ?? sale.total,
        (remaining) => this.observe(sale.id, remaining),
      );
    } catch (error) {
      // A queue that is away doesn't take the sales pages with it: the last figure stands.
      if (cached === undefined) throw error;
      return cached.value;
    }
  }

  #view(sale: Sale, remaining: number): SaleView {
    const serverTime = this.ports.clock.now();
    return { sale, remaining, phase: phaseOf(sale, serverTime, remaining), serverTime };
  }

  #fresh(cached: Cached<unknown>, ttlMs: number): boolean {
    return this.ports.clock.monotonic() - cached.readAt < ttlMs;
  }

  #keepSale(saleId: string, sale: Sale | undefined): void {
    // Asking for ids that don't exist must not fill the memory: the oldest entry goes.
    if (this.#sales.size >= this.#options.capacity && !this.#sales.has(saleId)) {
      const oldest = this.#sales.keys().next().value as string;
      this.forget(oldest);
    }
    this.#sales.set(saleId, { value: sale, readAt: this.ports.clock.monotonic() });
  }

  /** Joins a load that is under way: a stampede on a cold cache asks once. */
  #once<T>(key: string, load: () => Promise<T>, keep: (value: T) => void): Promise<T> {
    const running = this.#loading.get(key);
    if (running !== undefined) return running as Promise<T>;
    const isCurrent = () => this.#loading.get(key) === promise;
    const promise: Promise<T> = load()
      .then((value) => {
        if (isCurrent()) keep(value);
        return value;
      })
      .finally(() => {
        if (isCurrent()) this.#loading.delete(key);
      });
    this.#loading.set(key, promise);
    return promise;
  }
}

const saleLoad = (saleId: string) => `sale ${saleId}`;
const stockLoad = (saleId: string) => `stock ${saleId}`;
