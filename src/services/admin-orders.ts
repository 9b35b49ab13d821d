import { setTimeout as delay } from 'node:timers/promises';
import type { Order } from '../domain/order.ts';
import type { Clock } from '../ports/clock.ts';
import type { OrderSearch, OrderStore } from '../ports/order-store.ts';
import type { Timers } from '../ports/timers.ts';
import type { OrdersPage } from './orders.ts';
import { readPage } from './page.ts';

export interface AdminOrdersPorts {
  readonly store: Pick<OrderStore, 'search'>;
  readonly clock: Pick<Clock, 'monotonic'>;
  /** @default the event loop's timers */
  readonly wait?: Timers['wait'];
}

/** Orders in a page of an export: two or three milliseconds of this thread, which is as long as a purchase may wait for it. */
export const EXPORT_PAGE = 500;

/**
 * Pause after a page, as a multiple of the time that reading it took: an export takes a tenth of what it could from a sale beside
 * it, and less where the machine or the database is busy. Some thousand orders a second.
 */
const PAUSE_FACTOR = 9;

/** A page that waited long, as for a connection to the database, must not make the client wait for ten times as long. */
const MAX_PAUSE_MS = 1000;

/** Exports of a process at once: an operator's and a program's. */
const MAX_EXPORTS = 2;

export type OrderExport = Omit<OrderSearch, 'limit'>;

/** The orders of all buyers, for admins. */
export class AdminOrders {
  #exports = 0;

  constructor(private readonly ports: AdminOrdersPorts) {}

  /** Errors: those of the store. */
  page({ limit, ...search }: OrderSearch): Promise<OrdersPage> {
    return readPage(
      limit,
      (most) => this.ports.store.search({ ...search, limit: most }),
      ({ id }) => id,
    );
  }

  /**
   * Passes all orders that match, in pages, to `use`, one page at a time; false when too many exports are running. Orders
   * that are stored meanwhile are among them if they are sorted behind those that were read. Errors: those of the store and of `use`.
   */
  async export(search: OrderExport, use: (pages: AsyncIterable<readonly Order[]>) => Promise<void>): Promise<boolean> {
    if (this.#exports >= MAX_EXPORTS) return false;
    this.#exports += 1;
    try {
      await use(this.#pages(search));
    } finally {
      this.#exports -= 1;
    }
    return true;
  }

  async *#pages(search: OrderExport): AsyncGenerator<readonly Order[]> {
    const { store, clock, wait = delay } = this.ports;
    let after = search.after;
    for (;;) {
      const startedAt = clock.monotonic();
      const page = await store.search({ ...search, ...(after === undefined ? {} : { after }), limit: EXPORT_PAGE });
      const pauseMs = Math.min((clock.monotonic() - startedAt) * PAUSE_FACTOR, MAX_PAUSE_MS);
      if (page.length > 0) yield page;
      if (page.length < EXPORT_PAGE) return;
      after = page.at(-1)?.id;
      await wait(pauseMs);
    }
  }
}
