import type { Sale } from '../../domain/sale.ts';
import type { OrderAuditSource, QueueAuditSource } from '../../ports/audit-source.ts';
import { prefetch } from './prefetch.ts';
import { type HeldTicket, isTicket, TicketBook } from './ticket-book.ts';

type AuditedSale = Pick<Sale, 'id' | 'total'>;

export interface Ledger {
  readonly book: TicketBook;
  /** Orders that wait to be published. */
  readonly unpublished: ReadonlySet<string>;
}

/** Tickets in the queue. */
export interface Queued {
  /** How often each ticket was met: 0, 1, or more. */
  readonly times: Uint8Array;
  /** Different tickets of the sale. */
  readonly size: number;
  /** Tickets that the sale hasn't got. */
  readonly strays: ReadonlySet<number>;
}

/** Tickets of one reading of the store: about 10 ms of this thread, in which nothing else runs. */
const WINDOW = 5000;

/** Orders that one statement looks for. */
const LOOK_FOR = 1000;

export async function readLedger({ id, total }: AuditedSale, source: QueueAuditSource): Promise<Ledger> {
  const book = new TicketBook(total);
  const unpublished = new Set<string>();
  for await (const page of prefetch(source.reservations(id))) {
    for (const { ticket, orderId, userId, published } of page) {
      book.add(ticket, orderId, userId);
      if (!published) unpublished.add(orderId);
    }
  }
  return { book, unpublished };
}

export async function readQueued({ id, total }: AuditedSale, source: QueueAuditSource): Promise<Queued> {
  const times = new Uint8Array(total + 1);
  const strays = new Set<number>();
  let size = 0;
  for await (const page of prefetch(source.queued(id))) {
    for (const ticket of page) {
      if (!isTicket(ticket, total)) {
        strays.add(ticket);
        continue;
      }
      const before = times[ticket] as number;
      if (before === 0) size += 1;
      times[ticket] = Math.min(before + 1, MANY);
    }
  }
  return { times, size, strays };
}

/** What a byte can count to. */
const MANY = 255;

export async function readOrders({ id, total }: AuditedSale, source: OrderAuditSource): Promise<TicketBook> {
  const book = new TicketBook(total);
  const windows = async function* () {
    yield source.liveOrders(id, Number.MIN_SAFE_INTEGER, 0);
    for (let after = 0; after < total; after += WINDOW) {
      yield source.liveOrders(id, after, Math.min(after + WINDOW, total));
    }
    yield source.liveOrders(id, total, Number.MAX_SAFE_INTEGER);
  };
  for await (const window of prefetch(windows())) {
    for (const { ticket, orderId, userId } of window) book.add(ticket, orderId, userId);
  }
  return book;
}

/** Those that are not stored, whatever their state. */
export async function missingOf(
  orders: Iterable<HeldTicket>,
  source: OrderAuditSource,
): Promise<readonly HeldTicket[]> {
  const missing: HeldTicket[] = [];
  const lookFor = async (some: readonly HeldTicket[]) => {
    const stored = new Set(await source.stored(some.map(({ orderId }) => orderId)));
    missing.push(...some.filter(({ orderId }) => !stored.has(orderId)));
  };
  let some: HeldTicket[] = [];
  for (const order of orders) {
    if (some.push(order) < LOOK_FOR) continue;
    await lookFor(some);
    some = [];
  }
  if (some.length > 0) await lookFor(some);
  return missing;
}
