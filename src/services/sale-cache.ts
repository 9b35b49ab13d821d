import { isPublic, type Sale } from '../domain/sale.ts';
import type { Stock } from '../domain/stock.ts';
import type { Catalogue } from '../ports/catalogue.ts';
import type { Clock } from '../ports/clock.ts';
import type { TicketQueue } from '../ports/ticket-queue.ts';
import { SingleFlight } from './single-flight.ts';

export interface SaleCachePorts {
  readonly catalogue: Pick<Catalogue, 'sale'>;
  readonly queue: Pick<TicketQueue, 'stock'>;
  readonly clock: Pick<Clock, 'monotonic'>;
}

export interface SaleCacheOptions {
  /** How long a sale is fresh, milliseconds. */
  readonly saleTtlMs: number;
  /** How long a stock figure is fresh, milliseconds. */
  readonly stockTtlMs: number;
  /** The number of sales kept in memory. */
  readonly capacity: number;
}

/**
 * How long it is believed that there is no such sale, or that buyers can't see it: another front may publish it, and sell, and
 * the event that says so may be lost. A buyer who repeats a purchase must not be told that the sale does not exist.
 */
const UNLISTED_TTL_MS = 100;

interface Cached<T> {
  readonly value: T;
  /** Monotonic milliseconds. */
  readonly readAt: number;
}

/**
 * The sales and stock figures that this process has read. It asks the catalogue and the queue at most once per sale and
 * lifetime, however many buyers look at the sale.
 */
export class SaleCache {
  readonly #sales = new Map<string, Cached<Sale | undefined>>();
  readonly #stock = new Map<string, Cached<Stock>>();
  readonly #loads = new SingleFlight();

  constructor(
    private readonly ports: SaleCachePorts,
    private readonly options: SaleCacheOptions,
  ) {}

  /** The sale if it is in memory and fresh. */
  freshSale(saleId: string): Sale | undefined {
    const cached = this.#sales.get(saleId);
    return cached !== undefined && this.#isFreshSale(cached) ? cached.value : undefined;
  }

  /**
   * The sale, drafts included; undefined when there is none. A public sale in memory is returned however old it is, and
   * refreshed in the background: the catalogue may be slow or unavailable. Errors: those of the catalogue, for any other
   * sale.
   */
  async sale(saleId: string): Promise<Sale | undefined> {
    const cached = this.#sales.get(saleId);
    if (cached !== undefined && this.#isFreshSale(cached)) return cached.value;
    const reading = this.#loads.run(
      saleLoad(saleId),
      () => this.ports.catalogue.sale(saleId),
      (sale) => this.keepSale(saleId, sale),
    );
    // A sale that was unknown, or no buyer could see, when it was read may be published by now.
    if (cached?.value === undefined || !isPublic(cached.value)) {
      const sale = await reading;
      const now = this.#sales.get(saleId)?.value;
      // A slow reading may be from before a change that was announced, and read, since.
      return now !== undefined && now.version > (sale?.version ?? 0) ? now : sale;
    }
    reading.catch(() => undefined);
    return cached.value;
  }

  /** The stock figure if it is in memory and fresh. */
  freshStock(saleId: string): Stock | undefined {
    const cached = this.#stock.get(saleId);
    return cached !== undefined && this.#isFresh(cached, this.options.stockTtlMs) ? cached.value : undefined;
  }

  hasStock(saleId: string): boolean {
    return this.#stock.has(saleId);
  }

  /** The stock of a sale. Errors: those of the queue, unless memory has a figure, however old. */
  async stock(sale: Sale): Promise<Stock> {
    if (!isPublic(sale)) return unsold(sale);
    if (sale.status === 'archived') return NONE_LEFT;
    const cached = this.#stock.get(sale.id);
    if (cached !== undefined && this.#isFresh(cached, this.options.stockTtlMs)) return cached.value;
    try {
      const stock = await this.#loads.run(
        stockLoad(sale.id),
        async () => (await this.ports.queue.stock(sale.id)) ?? unsold(sale),
        (fresh) => this.#keepStock(sale.id, fresh),
      );
      return newer(stock, this.#stock.get(sale.id)?.value);
    } catch (error) {
      // The sales pages outlive the queue, with the last figure.
      if (cached === undefined) throw error;
      return cached.value;
    }
  }

  /** Keeps a stock figure that came with an answer of the queue, or an event, unless a newer one is known. */
  observeStock(saleId: string, stock: Stock): void {
    if ((this.#stock.get(saleId)?.value.version ?? 0) <= stock.version) this.#keepStock(saleId, stock);
  }

  keepSale(saleId: string, sale: Sale | undefined): void {
    if (sale?.status === 'archived') this.#forgetStock(saleId);
    // Requests for unknown ids must not fill the memory: the oldest entry is evicted.
    if (this.#sales.size >= this.options.capacity && !this.#sales.has(saleId)) {
      const oldest = this.#sales.keys().next().value as string;
      this.forgetSale(oldest);
      this.#forgetStock(oldest);
    }
    this.#sales.set(saleId, { value: sale, readAt: this.ports.clock.monotonic() });
  }

  /** Keeps the sale unless memory has a later version. */
  keepUnlessOlder(sale: Sale): void {
    const known = this.#sales.get(sale.id)?.value;
    if (known === undefined || known.version <= sale.version) this.keepSale(sale.id, sale);
  }

  /** The sale has changed: it is read again, and a reading under way, which may be from before, is not kept. */
  forgetSale(saleId: string): void {
    this.#sales.delete(saleId);
    this.#loads.forget(saleLoad(saleId));
  }

  #forgetStock(saleId: string): void {
    this.#stock.delete(saleId);
    this.#loads.forget(stockLoad(saleId));
  }

  /** A figure that was read can be older than one that was observed meanwhile. */
  #keepStock(saleId: string, stock: Stock): void {
    const value = newer(stock, this.#stock.get(saleId)?.value);
    this.#stock.set(saleId, { value, readAt: this.ports.clock.monotonic() });
  }

  #isFreshSale(cached: Cached<Sale | undefined>): boolean {
    const { saleTtlMs } = this.options;
    const isListed = cached.value !== undefined && isPublic(cached.value);
    return this.#isFresh(cached, isListed ? saleTtlMs : Math.min(saleTtlMs, UNLISTED_TTL_MS));
  }

  #isFresh(cached: Cached<unknown>, ttlMs: number): boolean {
    return this.ports.clock.monotonic() - cached.readAt < ttlMs;
  }
}

/** None of an archived sale can be bought. */
const NONE_LEFT: Stock = { remaining: 0, version: 0 };

/** The stock before the first purchase. */
const unsold = ({ total }: Sale): Stock => ({ remaining: total, version: 0 });

const newer = (stock: Stock, known: Stock | undefined): Stock =>
  known !== undefined && known.version > stock.version ? known : stock;

const saleLoad = (saleId: string) => `sale ${saleId}`;
const stockLoad = (saleId: string) => `stock ${saleId}`;
