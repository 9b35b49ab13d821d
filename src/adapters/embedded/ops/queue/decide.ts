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

/** A ticket that this call assigns. */
export interface Grant<Item extends ReserveItem> {
  readonly item: Item;
  readonly ticket: number;
}

export interface Decision<Item extends ReserveItem> {
  /** One for each item, in their order. */
  readonly answers: readonly ReserveAnswer[];
  /** Taken from the queue, and still to be inserted. */
  readonly grants: readonly Grant<Item>[];
  readonly stock: Stock;
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
export function decide<Item extends ReserveItem>(
  db: Db,
  sale: SaleRow,
  { now, items, publishes, maxAttempts, maxEnded }: DecideArgs<Item>,
): Decision<Item> {
  const buyers = knownBuyers(db, sale, items);
  const tickets = new TicketSource(db, sale, items.length);
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
    const ticket = tickets.take();
    if (ticket === undefined) return SOLD_OUT;
    grants.push({ item, ticket });
    const { orderId, userId, key, fingerprint } = item;
    buyers.answer({ orderId, userId, key, fingerprint, ticket, reservedAt: now, batch: THIS_CALL });
    buyers.hold(userId, orderId);
    return { kind: 'reserved', ticket, reservedAt: now };
  });
  attempts?.save();
  return { answers, grants, stock: grants.length === 0 ? stockOf(sale) : tickets.save() };
}

const SOLD_OUT: ReserveAnswer = { kind: 'soldOut' };
const TOO_MANY_ORDERS: ReserveAnswer = { kind: 'tooManyOrders' };

/** The batch of what this very call reserved: no other call can have published it. */
const THIS_CALL = -1;

function answerAgain(
  item: ReserveItem,
  known: KnownReservation,
  isPublished: (known: KnownReservation) => boolean,
  publishes: boolean,
): ReserveAnswer {
  if (known.fingerprint !== item.fingerprint) return { kind: 'keyMismatch' };
  const { orderId, ticket, reservedAt } = known;
  // A call that publishes answers `reserved` only for published orders; one that an earlier call left unpublished is a replay.
  if (orderId === item.orderId && (!publishes || isPublished(known))) return { kind: 'reserved', ticket, reservedAt };
  return { kind: 'replayed', orderId, ticket, reservedAt, published: isPublished(known) };
}

function statusOf({ closed, paused }: SaleRow): SaleStatus {
  if (closed) return 'closed';
  return paused ? 'paused' : 'published';
}

function refusalOf(sale: SaleRow, buyers: KnownBuyers, { userId }: ReserveItem): ReserveAnswer | undefined {
  return buyers.count(userId) >= sale.per_buyer ? { kind: 'limitReached', orderIds: buyers.named(userId) } : undefined;
}
