import type { Phase, Sale } from '../domain/sale.ts';
import { isPublic, phaseOf } from '../domain/sale.ts';
import type { Stock } from '../domain/stock.ts';
import type { Catalogue } from '../ports/catalogue.ts';
import type { Clock } from '../ports/clock.ts';
import type { TicketQueue } from '../ports/ticket-queue.ts';
import { everySale } from './every-sale.ts';
import { inChunks } from './in-chunks.ts';
import { PublicSales } from './public-sales.ts';

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
  /** How long a sale, and the list of them, is served from memory before the catalogue is asked again. */
  readonly saleTtlMs: number;
  /** How old a stock figure may be that no purchase has refreshed. */
  readonly stockTtlMs: number;
  /** Sales kept in memory. */
  readonly capacity: number;
}

export const salesDefaults = {
  // Longer than it takes from one `warm` to the next, each second, even when one fails: a purchase never waits for the
  // catalogue. Nothing that matters changes behind it: a closed sale is refused by the queue, whoever thinks it is open.
  saleTtlMs: 2500,
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
  readonly #stock = new Map<string, Cached<Stock>>();
  readonly #loading = new Map<string, Promise<unknown>>();
  readonly #public: PublicSales;
  readonly #options: SalesOptions;

  constructor(
    private readonly ports: {
      readonly catalogue: Pick<Catalogue, 'sale' | 'sales'>;
      readonly queue: Pick<TicketQueue, 'stock'>;
      readonly clock: Clock;
    },
    options: Partial<SalesOptions> = {},
  ) {
    this.#options = { ...salesDefaults, ...options };
    this.#public = new PublicSales(ports);
  }

  /**
   * Reads the public sales into memory, so that each is known before its opening second and sales pages live without the
   * catalogue and the queue. Call it every second. Errors: those of the catalogue; memory stays as it was.
   */
  async warm(): Promise<void> {
    const read = await this.#public.refresh();
    for (const sale of read) {
      const known = this.#sales.get(sale.id)?.value;
      if (known === undefined || known.version <= sale.version) this.#keepSale(sale.id, sale);
    }
    // Once each, so that there is a figure to show should the queue go away before anybody has asked.
    const unseen = read.filter(({ id }) => !this.#stock.has(id)).slice(0, this.#options.capacity);
    await Promise.allSettled(unseen.map((sale) => this.#stockOf(sale)));
  }

  /** The sale if memory has it fresh; a published sale's price, product and total never change. */
  known(saleId: string): Sale | undefined {
    const cached = this.#sales.get(saleId);
    return cached !== undefined && this.#fresh(cached, this.#options.saleTtlMs) ? cached.value : undefined;
  }

  /**
   * The sale, drafts included; undefined when there is none. What memory has of a public sale answers, however old: the
   * catalogue is asked behind it, and may be away or slow. Errors: those of the catalogue, for any other sale.
   */
  async find(saleId: string): Promise<Sale | undefined> {
    const cached = this.#sales.get(saleId);
    if (cached !== undefined && this.#fresh(cached, this.#options.saleTtlMs)) return cached.value;
    const reading = this.#once(
      saleLoad(saleId),
      () => this.ports.catalogue.sale(saleId),
      (sale) => this.#keepSale(saleId, sale),
    );
    // One that was no buyer's business when it was read may be published by now: nobody is to be told that it is unknown.
    if (cached?.value === undefined || !isPublic(cached.value)) {
      const sale = await reading;
      const now = this.#sales.get(saleId)?.value;
      // A slow reading may be from before a change that memory has heard of and read since.
      return now !== undefined && now.version > (sale?.version ?? 0) ? now : sale;
    }
    reading.catch(() => undefined);
    return cached.value;
  }

  /** A public sale as a buyer sees it now, if memory has the sale and its stock fresh. */
  knownView(saleId: string): SaleView | undefined {
    const sale = this.known(saleId);
    const stock = this.#stock.get(saleId);
    if (sale === undefined || stock === undefined || !isPublic(sale)) return undefined;
    return this.#fresh(stock, this.#options.stockTtlMs) ? this.#viewAt(sale, stock.value) : undefined;
  }

  async view(saleId: string): Promise<SaleView | undefined> {
    const sale = this.known(saleId) ?? (await this.find(saleId));
    return sale === undefined ? undefined : this.viewOf(sale);
  }

  /** A sale that the caller has, as a buyer would see it now. */
  async viewOf(sale: Sale): Promise<SaleView> {
    return this.#viewAt(sale, await this.#stockOf(sale));
  }

  async list({ phase, limit, ...query }: ListSales): Promise<SalesPage> {
    const items: SaleView[] = [];
    // Their stock is asked for side by side: one after the other a queue that is slow would be waited for each time.
    for await (const sales of inChunks(this.#listed(query), limit + 1)) {
      for (const view of await Promise.all(sales.map((sale) => this.viewOf(sale)))) {
        if (phase !== undefined && view.phase !== phase) continue;
        if (items.length === limit) return { items, next: (items.at(-1) as SaleView).sale.id };
        items.push(view);
      }
    }
    return { items };
  }

  /** A stock figure that came with an answer of the queue, or by events. One that is older than what is known is ignored. */
  observe(saleId: string, stock: Stock): void {
    if ((this.#stock.get(saleId)?.value.version ?? 0) <= stock.version) this.#keepStock(saleId, stock);
  }

  /** The sale changed: ask the catalogue again. What is being read now may be from before, and is not kept. */
  forget(saleId: string): void {
    this.#sales.delete(saleId);
    this.#loading.delete(saleLoad(saleId));
  }

  #viewAt(sale: Sale, { remaining }: Stock): SaleView {
    const serverTime = this.ports.clock.now();
    return { sale, remaining, phase: phaseOf(sale, serverTime, remaining), serverTime };
  }

  async *#listed({ includeDrafts, after }: Pick<ListSales, 'includeDrafts' | 'after'>): AsyncGenerator<Sale> {
    if (!includeDrafts && this.#public.known()) {
      // The catalogue is asked behind it, and may be away or slow.
      if (!this.#public.known(this.#options.saleTtlMs)) this.#refresh();
      yield* this.#public.behind(after);
      return;
    }
    for await (const sale of everySale(this.ports.catalogue, { includeDrafts, ...(after && { after }) })) {
      this.#keepSale(sale.id, sale);
      yield sale;
    }
  }

  #refresh(): void {
    this.#once(
      'public sales',
      () => this.warm(),
      () => undefined,
    ).catch(() => undefined);
  }

  async #stockOf(sale: Sale): Promise<Stock> {
    if (!isPublic(sale)) return untouched(sale);
    const cached = this.#stock.get(sale.id);
    if (cached !== undefined && this.#fresh(cached, this.#options.stockTtlMs)) return cached.value;
    try {
      const stock = await this.#once(
        stockLoad(sale.id),
        async () => (await this.ports.queue.stock(sale.id)) ?? untouched(sale),
        (fresh) => this.#keepStock(sale.id, fresh),
      );
      return newer(stock, this.#stock.get(sale.id)?.value);
    } catch (error) {
      // A queue that is away doesn't take the sales pages with it: the last figure stands.
      if (cached === undefined) throw error;
      return cached.value;
    }
  }

  /** Fresh from the queue; what came meanwhile from a later moment stands. */
  #keepStock(saleId: string, stock: Stock): void {
    const value = newer(stock, this.#stock.get(saleId)?.value);
    this.#stock.set(saleId, { value, readAt: this.ports.clock.monotonic() });
  }

  #fresh(cached: Cached<unknown>, ttlMs: number): boolean {
    return this.ports.clock.monotonic() - cached.readAt < ttlMs;
  }

  #keepSale(saleId: string, sale: Sale | undefined): void {
    // Asking for ids that don't exist must not fill the memory: the oldest entry goes.
    if (this.#sales.size >= this.#options.capacity && !this.#sales.has(saleId)) {
      const oldest = this.#sales.keys().next().value as string;
      this.forget(oldest);
      this.#stock.delete(oldest);
      this.#loading.delete(stockLoad(oldest));
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

/** Nobody has bought yet. */
const untouched = ({ total }: Sale): Stock => ({ remaining: total, version: 0 });

const newer = (stock: Stock, known: Stock | undefined): Stock =>
  known !== undefined && known.version > stock.version ? known : stock;

const saleLoad = (saleId: string) => `sale ${saleId}`;
const stockLoad = (saleId: string) => `stock ${saleId}`;
