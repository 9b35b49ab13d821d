import { gateOf, type SaleStatus } from '../../../../domain/sale.ts';
import type { Stock } from '../../../../domain/stock.ts';
import type { ReserveAnswer, ReserveItem } from '../../../../ports/ticket-queue.ts';
import type { Db } from '../../database.ts';
import { Attempts } from './attempts.ts';
import type { KnownBuyers, KnownReservation } from './buyers.ts';
import { knownBuyers } from './buyers.ts';
import { buyersWithTooManyEnded } from './ended.ts';
import { unpublishedOf } from './pending.ts';
import type { SaleRow } from './sale.ts';
import { stockOf } from './sale.ts';
import { TicketSource } from './ticket-source.ts';

/** Tickets that this call assigns to an order. */
export interface Grant<Item extends ReserveItem> {
  readonly item: Item;
  /** See Order. */
  readonly tickets: readonly number[];
}

export interface Decision<Item extends ReserveItem> {
  /** One for each item, in their order. */
  readonly answers: readonly ReserveAnswer[];
  /** Taken from the queue, and still to be inserted. */
  readonly grants: readonly Grant<Item>[];
  readonly stock: Stock;
}

/** A decision whose tickets are still to be taken from the queue: by `source.save`. */
export interface OpenDecision<Item extends ReserveItem> extends Omit<Decision<Item>, 'stock'> {
  readonly source: TicketSource;
}

export interface DecideArgs<Item extends ReserveItem> {
  /** The queue's clock, milliseconds since 1970. */
  readonly now: number;
  readonly items: readonly Item[];
  /** Whether the reservations are published in the same transaction. */
  readonly publishes: boolean;
  /** See TicketQueue.reserve. */
  readonly maxAttempts: number;
  readonly maxEnded: number;
}

/** Decides on purchases by the rules of the port, takes their tickets from the queue and counts attempts. */
export function decide<Item extends ReserveItem>(db: Db, sale: SaleRow, args: DecideArgs<Item>): Decision<Item> {
  const { answers, grants, source } = decideFor(db, sale, knownBuyers(db, sale, args.items), args);
  return { answers, grants, stock: grants.length === 0 ? stockOf(sale) : source.save() };
}

/** The same with what is known of the buyers, except that no ticket is taken from the queue. */
export function decideFor<Item extends ReserveItem>(
  db: Db,
  sale: SaleRow,
  buyers: KnownBuyers,
  { now, items, publishes, maxAttempts, maxEnded }: DecideArgs<Item>,
): OpenDecision<Item> {
  const source = new TicketSource(db, sale, wantedBy(items));
  const gate = gateOf({ status: statusOf(sale), opensAt: sale.opens_at, closesAt: sale.closes_at }, now);
  const isUnpublished = unpublishedOf(db);
  const isPublished = (known: KnownReservation) => (known.batch === THIS_CALL ? publishes : !isUnpublished(known));
  const attempts = maxAttempts === 0 ? undefined : new Attempts(db, sale.n, { now, items, max: maxAttempts });
  const exhausted = buyersWithTooManyEnded(db, sale, items, maxEnded);
  const grants: Grant<Item>[] = [];
  const answers = items.map((item): ReserveAnswer => {
    const known = buyers.answerFor(item);
    if (known !== undefined) return answerAgain(item, known, isPublished, publishes);
    if (attempts?.take(item.userId) === false) return { kind: 'tooManyAttempts', endsInMs: attempts.endsInMs };
    if (gate !== 'open') return { kind: gate };
    if (exhausted.has(item.userId)) return TOO_MANY_ORDERS;
    const refusal = refusalOf(sale, buyers, item);
    if (refusal !== undefined) return refusal;
    const { orderId, userId, key, fingerprint, quantity } = item;
    const tickets = source.take(quantity);
    if (tickets === undefined) return tooFewLeft(source.left());
    grants.push({ item, tickets });
    buyers.answer({ orderId, userId, key, fingerprint, tickets, reservedAt: now, batch: THIS_CALL });
    buyers.hold(userId, orderId, quantity);
    return { kind: 'reserved', tickets, reservedAt: now };
  });
  attempts?.save();
  return { answers, grants, source };
}

const SOLD_OUT: ReserveAnswer = { kind: 'soldOut' };
const TOO_MANY_ORDERS: ReserveAnswer = { kind: 'tooManyOrders' };

function tooFewLeft(remaining: number): ReserveAnswer {
  return remaining === 0 ? SOLD_OUT : { kind: 'notEnoughLeft', remaining };
}

function wantedBy(items: readonly ReserveItem[]): number {
  let tickets = 0;
  for (const { quantity } of items) tickets += quantity;
  return tickets;
}

/** The batch of what this very call reserved: no other call can have published it. */
const THIS_CALL = -1;

function answerAgain(
  item: ReserveItem,
  known: KnownReservation,
  isPublished: (known: KnownReservation) => boolean,
  publishes: boolean,
): ReserveAnswer {
  if (known.fingerprint !== item.fingerprint) return { kind: 'keyMismatch' };
  const { orderId, tickets, reservedAt } = known;
  // A call that publishes answers `reserved` only for published orders; one that an earlier call left unpublished is a replay.
  if (orderId === item.orderId && (!publishes || isPublished(known))) return { kind: 'reserved', tickets, reservedAt };
  return { kind: 'replayed', orderId, tickets, reservedAt, published: isPublished(known) };
}

function statusOf({ closed, paused }: SaleRow): SaleStatus {
  if (closed) return 'closed';
  return paused ? 'paused' : 'published';
}

function refusalOf(sale: SaleRow, buyers: KnownBuyers, { userId, quantity }: ReserveItem): ReserveAnswer | undefined {
  if (buyers.count(userId) + quantity <= sale.per_buyer) return undefined;
  return { kind: 'limitReached', orderIds: buyers.named(userId) };
}
