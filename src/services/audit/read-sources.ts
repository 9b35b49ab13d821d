import type { Sale } from '../../domain/sale.ts';
import type { OrderAuditSource, QueueAuditSource } from '../../ports/audit-source.ts';
import { inChunks } from '../in-chunks.ts';
import { prefetch } from '../prefetch.ts';
import { inTurns, pagesInTurns } from '../turns.ts';
import type { OnEntries } from './progress.ts';
import { type HeldTicket, isTicket, TicketHolders } from './ticket-holders.ts';

type AuditedSale = Pick<Sale, 'id' | 'total'>;

/** The ticket queue's reservations. */
export interface Ledger {
  readonly holders: TicketHolders;
  /** Orders that are not known to be in the log. */
  readonly unpublished: ReadonlySet<string>;
}

/** The tickets in the queue, which are free to be sold. */
export interface Queued {
  /** How often each ticket is in the queue. */
  readonly times: Uint8Array;
  /** The number of different tickets of the sale. */
  readonly size: number;
  /** Tickets that are not the sale's. */
  readonly strays: ReadonlySet<number>;
}

/** The largest count that a byte holds. */
const MAX_TIMES = 255;

/** Tickets per query of the store: their rows take this thread about 2 ms, in which nothing else runs. */
const TICKETS_PER_QUERY = 2000;

/** Orders per query of the store. */
const ORDERS_PER_QUERY = 1000;

export async function readLedger(
  { id, total }: AuditedSale,
  source: QueueAuditSource,
  onEntries: OnEntries,
): Promise<Ledger> {
  const holders = new TicketHolders(total);
  const unpublished = new Set<string>();
  for await (const page of pagesInTurns(prefetch(source.reservations(id)))) {
    onEntries('ledger', page.length);
    for (const { tickets, orderId, userId, published } of page) {
      for (const ticket of tickets) holders.add(ticket, orderId, userId);
      if (!published) unpublished.add(orderId);
    }
  }
  return { holders, unpublished };
}

export async function readQueued(
  { id, total }: AuditedSale,
  source: QueueAuditSource,
  onEntries: OnEntries,
): Promise<Queued> {
  const times = new Uint8Array(total + 1);
  const strays = new Set<number>();
  let size = 0;
  for await (const page of pagesInTurns(prefetch(source.queued(id)))) {
    onEntries('queue', page.length);
    for (const ticket of page) {
      if (!isTicket(ticket, total)) {
        strays.add(ticket);
        continue;
      }
      const before = times[ticket] as number;
      if (before === 0) size += 1;
      times[ticket] = Math.min(before + 1, MAX_TIMES);
    }
  }
  return { times, size, strays };
}

/** Reads the live orders, also those whose ticket is not the sale's. */
export async function readOrders(
  { id, total }: AuditedSale,
  source: OrderAuditSource,
  onEntries: OnEntries,
): Promise<TicketHolders> {
  const holders = new TicketHolders(total);
  const pages = async function* () {
    yield source.liveOrders(id, Number.MIN_SAFE_INTEGER, 0);
    for (let after = 0; after < total; after += TICKETS_PER_QUERY) {
      yield source.liveOrders(id, after, Math.min(after + TICKETS_PER_QUERY, total));
    }
    yield source.liveOrders(id, total, Number.MAX_SAFE_INTEGER);
  };
  for await (const page of pagesInTurns(prefetch(pages()))) {
    onEntries('store', page.length);
    for (const { ticket, orderId, userId } of page) holders.add(ticket, orderId, userId);
  }
  return holders;
}

/** Those of the orders that are not stored, in whatever state. */
export async function missingOf(
  orders: Iterable<HeldTicket | undefined>,
  source: OrderAuditSource,
): Promise<readonly HeldTicket[]> {
  const missing: HeldTicket[] = [];
  for await (const some of inChunks(inTurns(orders), ORDERS_PER_QUERY)) {
    const stored = new Set(await source.stored(some.map(({ orderId }) => orderId)));
    missing.push(...some.filter(({ orderId }) => !stored.has(orderId)));
  }
  return missing;
}
