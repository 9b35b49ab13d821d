import type { Sale } from '../../domain/sale.ts';
import type { InvariantName } from './report.ts';
import type { SaleSnapshot } from './snapshot.ts';
import type { HeldTicket, TicketBook } from './ticket-book.ts';

export type SuspectKind =
  | 'sum'
  | 'loaded'
  | 'epoch'
  | 'nowhere'
  | 'held and queued'
  | 'queued twice'
  | 'held twice'
  | 'live twice'
  | 'stray in the ledger'
  | 'stray in the queue'
  | 'stray in the store'
  | 'ledger over limit'
  | 'store over limit'
  | 'counted by buyer'
  | 'not stored'
  | 'not the same'
  | 'live ahead'
  | 'live behind'
  | 'seconds ahead'
  | 'seconds behind';

/** What looks wrong, and may have been on its way only. */
export interface Suspect {
  readonly invariant: InvariantName;
  readonly kind: SuspectKind;
  readonly ticket?: number;
  /** The orders that are concerned; of the ledger and the store in this order for 'not the same', empty for none. */
  readonly orders: readonly string[];
}

/** What was found, by what it is: the same thing found again has the same key. */
export type Suspects = ReadonlyMap<string, Suspect>;

/**
 * Suspects of a kind at the most, lest a store that lost all is told in a million objects. Those of the smallest tickets,
 * so that a second look keeps the same ones.
 */
const MAX_OF_A_KIND = 100_000;

export function suspectsOf(sale: Sale, picture: SaleSnapshot): Suspects {
  const found = new Map<string, Suspect>();
  for (const finder of FINDERS) {
    let left = MAX_OF_A_KIND;
    for (const suspect of finder(sale, picture)) {
      found.set(JSON.stringify([suspect.kind, suspect.ticket, suspect.orders]), suspect);
      left -= 1;
      if (left === 0) break;
    }
  }
  return found;
}

/** Those that are in both: what was on its way at the first look is elsewhere at the second. */
export function inBoth(first: Suspects, second: Suspects): readonly Suspect[] {
  return Array.from(second).flatMap(([key, suspect]) => (first.has(key) ? [suspect] : []));
}

type Finder = (sale: Sale, picture: SaleSnapshot) => Iterable<Suspect>;

const FINDERS: readonly Finder[] = [sums, places, strays, overLimit, notStored, notTheSame, miscounted];

const about = (
  invariant: InvariantName,
  kind: SuspectKind,
  ticket?: number,
  orders: readonly string[] = [],
): Suspect => (ticket === undefined ? { invariant, kind, orders } : { invariant, kind, ticket, orders });

function* sums(sale: Sale, { queue, heldByBuyers }: SaleSnapshot): Generator<Suspect> {
  if (queue.epoch !== sale.epoch) yield about('tickets', 'epoch');
  if (queue.total !== sale.total) yield about('tickets', 'loaded');
  if (queue.held + queue.remaining !== sale.total) yield about('tickets', 'sum');
  if (heldByBuyers !== undefined && heldByBuyers !== queue.held) yield about('buyer_limit', 'counted by buyer');
}

function* places({ total }: Sale, { ledger: { book }, queued, orders }: SaleSnapshot): Generator<Suspect> {
  for (const [ticket, rivals] of book.doubled) yield about('one_place', 'held twice', ticket, [...rivals].sort());
  for (const [ticket, rivals] of orders.doubled) yield about('one_place', 'live twice', ticket, [...rivals].sort());
  for (let ticket = 1; ticket <= total; ticket += 1) {
    const times = queued.times[ticket] as number;
    const held = book.has(ticket);
    if (held && times > 0) yield about('one_place', 'held and queued', ticket, [book.ids.get(ticket)]);
    else if (times > 1) yield about('one_place', 'queued twice', ticket);
    else if (!held && times === 0) yield about('one_place', 'nowhere', ticket);
  }
}

function* strays(_sale: Sale, { ledger: { book }, queued, orders }: SaleSnapshot): Generator<Suspect> {
  for (const ticket of queued.strays) yield about('one_place', 'stray in the queue', ticket);
  for (const [order, ticket] of book.strays) yield about('one_place', 'stray in the ledger', ticket, [order]);
  for (const [order, ticket] of orders.strays) yield about('one_place', 'stray in the store', ticket, [order]);
}

function* overLimit({ perBuyerLimit }: Sale, { ledger, orders }: SaleSnapshot): Generator<Suspect> {
  const all = (kind: SuspectKind, book: TicketBook) =>
    Array.from(book.overLimit(perBuyerLimit).values(), (held) =>
      about(
        'buyer_limit',
        kind,
        undefined,
        held.map(({ orderId }) => orderId),
      ),
    );
  yield* all('ledger over limit', ledger.book);
  yield* all('store over limit', orders);
}

function* notStored(_sale: Sale, { missing }: SaleSnapshot): Generator<Suspect> {
  for (const { ticket, orderId } of missing satisfies readonly HeldTicket[]) {
    yield about('stored', 'not stored', ticket, [orderId]);
  }
}

function* notTheSame({ total }: Sale, { ledger: { book }, orders }: SaleSnapshot): Generator<Suspect> {
  for (let ticket = 1; ticket <= total; ticket += 1) {
    if (book.ids.same(ticket, orders.ids) && book.buyers[ticket] === orders.buyers[ticket]) continue;
    yield about('ledger', 'not the same', ticket, [book.ids.get(ticket), orders.ids.get(ticket)]);
  }
}

/** What was counted before the log was read is in the log; what is in the log was counted by the end. */
function* miscounted(_sale: Sale, { log, logWhole, live: { before, after } }: SaleSnapshot): Generator<Suspect> {
  if (logWhole && before.reserved > log.reservations) yield about('live_state', 'live ahead');
  if (logWhole && before.inSeconds > log.reservations) yield about('live_state', 'seconds ahead');
  if (after.reserved < log.reservations) yield about('live_state', 'live behind');
  if (after.inSeconds < log.reservations) yield about('live_state', 'seconds behind');
}
