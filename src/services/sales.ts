import type { Phase, Sale } from '../domain/sale.ts';
import { isListed, isPublic, phaseOf } from '../domain/sale.ts';
import type { Stock } from '../domain/stock.ts';
import type { Catalogue } from '../ports/catalogue.ts';
import type { Clock } from '../ports/clock.ts';
import { everySale } from './every-sale.ts';
import { inChunks } from './in-chunks.ts';
import { KnownSales } from './known-sales.ts';
import { NextFlight } from './next-flight.ts';
import { SaleCache, type SaleCacheOptions, type SaleCachePorts } from './sale-cache.ts';
import { SingleFlight } from './single-flight.ts';

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
  /** Whether drafts and archived sales are listed. */
  readonly includeDrafts: boolean;
}

export interface SalesPage {
  readonly items: readonly SaleView[];
  /** The `after` of the next page; undefined on the last. */
  readonly next?: string;
}

export interface SalesPorts extends SaleCachePorts {
  readonly catalogue: Pick<Catalogue, 'sale' | 'sales' | 'salesRevision'>;
  readonly clock: Clock;
}

export const salesDefaults = {
  // Longer than the second between two calls of `warm`, even when one of them fails: a purchase never waits for the
  // catalogue. A stale sale does no harm, since the queue itself knows whether the sale is closed.
  saleTtlMs: 2500,
  // The age that buyers are promised for a stock figure.
  stockTtlMs: 100,
  capacity: 10_000,
} as const satisfies SaleCacheOptions;

/** Sales as buyers and admins see them, from memory while it is fresh. */
export class Sales {
  readonly #cache: SaleCache;
  readonly #public: KnownSales;
  readonly #refreshes = new SingleFlight();
  readonly #checks = new NextFlight(async () => void (await this.#refreshPublic()));
  readonly #options: SaleCacheOptions;

  constructor(
    private readonly ports: SalesPorts,
    options: Partial<SaleCacheOptions> = {},
  ) {
    this.#options = { ...salesDefaults, ...options };
    this.#cache = new SaleCache(ports, this.#options);
    this.#public = new KnownSales(ports, { includeDrafts: false });
  }

  /**
   * Reads the public sales into memory, so that each is known before it opens, and the sales pages outlive the catalogue
   * and the queue. To be called every second. Errors: those of the catalogue; memory is then unchanged.
   */
  async warm(): Promise<void> {
    const read = await this.#refreshPublic();
    // One figure each, in case the queue becomes unavailable before the sale was ever viewed.
    const unseen = read
      .filter((sale) => isListed(sale) && !this.#cache.hasStock(sale.id))
      .slice(0, this.#options.capacity);
    await Promise.allSettled(unseen.map((sale) => this.#cache.stock(sale)));
  }

  /** The sale if memory has it fresh. A published sale's price, product and total never change. */
  known(saleId: string): Sale | undefined {
    return this.#cache.freshSale(saleId);
  }

  /**
   * The sale, drafts included; undefined when there is none. A public sale in memory is returned however old it is, and
   * refreshed in the background. Errors: those of the catalogue, for any other sale.
   */
  find(saleId: string): Promise<Sale | undefined> {
    return this.#cache.sale(saleId);
  }

  /** Whether the sale is in memory, or memory can't tell: if not, it is most likely unknown. Hot. */
  mayBePublic(saleId: string): boolean {
    return this.#public.get(saleId) !== undefined || !this.#public.known();
  }

  /**
   * As `find`, for a caller that may not see drafts. That a sale is unknown is answered from memory, once it has been brought up
   * to date, for all concurrent callers: a thousand unknown ids cost one query. Errors: as `find`.
   */
  async findPublic(saleId: string): Promise<Sale | undefined> {
    if (!this.mayBePublic(saleId)) await this.#checks.run();
    return this.mayBePublic(saleId) ? this.find(saleId) : undefined;
  }

  /**
   * The public sales as a catalogue's, from memory, which is brought up to date before the first page. Errors: those of
   * the catalogue.
   */
  readonly published: Pick<Catalogue, 'sales'> = {
    sales: async ({ after, limit }) => {
      if (after === undefined || !this.#public.known()) await this.#checks.run();
      return this.#public.after(after).slice(0, limit);
    },
  };

  /** A public sale as a buyer sees it now, if memory has the sale and its stock fresh. */
  knownView(saleId: string): SaleView | undefined {
    const sale = this.known(saleId);
    if (sale === undefined || !isPublic(sale)) return undefined;
    const stock = this.#cache.freshStock(saleId);
    return stock === undefined ? undefined : this.#viewAt(sale, stock);
  }

  /** The view of any sale, drafts included. Errors: as `find`; those of the queue, unless memory has a stock figure. */
  async view(saleId: string): Promise<SaleView | undefined> {
    const sale = this.known(saleId) ?? (await this.find(saleId));
    return sale === undefined ? undefined : this.viewOf(sale);
  }

  /** The view of a public sale. Errors: as `view`. */
  async publicView(saleId: string): Promise<SaleView | undefined> {
    const sale = this.known(saleId) ?? (await this.findPublic(saleId));
    return sale === undefined || !isPublic(sale) ? undefined : this.viewOf(sale);
  }

  /** The view of a sale that the caller has read. */
  async viewOf(sale: Sale): Promise<SaleView> {
    return this.#viewAt(sale, await this.#cache.stock(sale));
  }

  async list({ phase, limit, ...query }: ListSales): Promise<SalesPage> {
    const items: SaleView[] = [];
    // In chunks whose stock is read concurrently, so that a slow queue is waited for once per page, not once per sale.
    for await (const sales of inChunks(this.#listed(query), limit + 1)) {
      for (const view of await Promise.all(sales.map((sale) => this.viewOf(sale)))) {
        if (phase !== undefined && view.phase !== phase) continue;
        if (items.length === limit) return { items, next: (items.at(-1) as SaleView).sale.id };
        items.push(view);
      }
    }
    return { items };
  }

  /** Takes in a stock figure that came with an answer of the queue, or an event; ignored if a newer one is known. */
  observe(saleId: string, stock: Stock): void {
    this.#cache.observeStock(saleId, stock);
  }

  /** The sale has changed: it is read again from the catalogue. */
  forget(saleId: string): void {
    this.#cache.forgetSale(saleId);
  }

  async #refreshPublic(): Promise<readonly Sale[]> {
    const recent = await this.#public.refresh();
    for (const sale of recent) this.#cache.keepUnlessOlder(sale);
    return recent;
  }

  #viewAt(sale: Sale, { remaining }: Stock): SaleView {
    const serverTime = this.ports.clock.now();
    return { sale, remaining, phase: phaseOf(sale, serverTime, remaining), serverTime };
  }

  async *#listed({ includeDrafts, after }: Pick<ListSales, 'includeDrafts' | 'after'>): AsyncGenerator<Sale> {
    if (!includeDrafts && this.#public.known()) {
      // Refreshed in the background: the catalogue may be slow or unavailable.
      if (!this.#public.known(this.#options.saleTtlMs)) this.#refresh();
      yield* this.#public.after(after).filter(isListed);
      return;
    }
    for await (const sale of everySale(this.ports.catalogue, { includeDrafts, ...(after && { after }) })) {
      this.#cache.keepSale(sale.id, sale);
      if (includeDrafts || isListed(sale)) yield sale;
    }
  }

  #refresh(): void {
    const ignore = () => undefined;
    this.#refreshes.run('public sales', () => this.warm(), ignore).catch(ignore);
  }
}
