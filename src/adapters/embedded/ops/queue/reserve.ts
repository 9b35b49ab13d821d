import { Fault } from '../../../../domain/errors.ts';
import type { Gate } from '../../../../domain/sale.ts';
import { gateOf } from '../../../../domain/sale.ts';
import type { ReserveAnswer, ReserveItem, ReserveReply } from '../../../../ports/ticket-queue.ts';
import type { Db } from '../../database.ts';
import { isConflict } from '../../sqlite-errors.ts';
import { writing } from '../op.ts';
import type { KnownBuyers, KnownReservation } from './buyers.ts';
import { knownBuyers } from './buyers.ts';
import { addPending, unpublishedOf } from './pending.ts';
import type { SaleRow } from './sale.ts';
import { remainingOf, saleRow } from './sale.ts';
import { TicketSource } from './ticket-source.ts';

export interface ReserveArgs {
  readonly saleId: string;
  readonly epoch: number;
  /** The queue's clock, milliseconds since 1970. */
  readonly now: number;
  readonly items: readonly ReserveItem[];
}

/** A ticket that this call gave away. */
interface Grant {
  readonly item: ReserveItem;
  readonly ticket: number;
}

/** Errors: Fault `corrupt` when an order id stands for another purchase already; then nothing was done. */
export const reserve = writing((db, { saleId, epoch, now, items }: ReserveArgs): ReserveReply => {
  const sale = saleRow(db, saleId);
  if (sale === undefined) return { kind: 'unknownSale' };
  if (sale.epoch !== epoch) return { kind: 'stale', epoch: sale.epoch };

  const buyers = knownBuyers(db, sale.n, items);
  const tickets = new TicketSource(db, sale, items.length);
  const gate = gateOf(
    { status: sale.closed ? 'closed' : 'published', opensAt: sale.opens_at, closesAt: sale.closes_at },
    now,
  );
  const isUnpublished = unpublishedOf(db);
  const grants: Grant[] = [];
  const answers = items.map((item) => {
    const known = buyers.byKey(item.userId, item.key);
    if (known !== undefined) return answerAgain(item, known, isUnpublished);
    const refusal = refusalOf(sale, gate, buyers, item);
    if (refusal !== undefined) return refusal;
    const ticket = tickets.take();
    if (ticket === undefined) return SOLD_OUT;
    grants.push({ item, ticket });
    const { orderId, userId, key, fingerprint } = item;
    buyers.answer({ orderId, userId, key, fingerprint, ticket, reservedAt: now, batch: THIS_CALL });
    buyers.hold(userId, orderId);
    return { kind: 'reserved', ticket, reservedAt: now } satisfies ReserveAnswer;
  });
  if (grants.length === 0) return { kind: 'answered', answers, remaining: remainingOf(sale) };
  const left = tickets.save();
  store(db, sale, now, grants);
  return { kind: 'answered', answers, remaining: left };
});

const SOLD_OUT: ReserveAnswer = { kind: 'soldOut' };

/** The batch of what this very call reserved: nobody can have published it. */
const THIS_CALL = -1;

function answerAgain(
  item: ReserveItem,
  known: KnownReservation,
  isUnpublished: (reservation: KnownReservation) => boolean,
): ReserveAnswer {
  if (known.fingerprint !== item.fingerprint) return { kind: 'keyMismatch' };
  const { orderId, ticket, reservedAt } = known;
  if (orderId === item.orderId) return { kind: 'reserved', ticket, reservedAt };
  const published = known.batch !== THIS_CALL && !isUnpublished(known);
  return { kind: 'replayed', orderId, ticket, reservedAt, published };
}

function refusalOf(sale: SaleRow, gate: Gate, buyers: KnownBuyers, { userId }: ReserveItem): ReserveAnswer | undefined {
  if (gate !== 'open') return { kind: gate };
  const held = buyers.heldBy(userId);
  return held.length >= sale.per_buyer ? { kind: 'limitReached', orderIds: held.toSorted() } : undefined;
}

function store(db: Db, sale: SaleRow, now: number, grants: readonly Grant[]): void {
  const batch = addPending(
    db,
    sale.n,
    now,
    grants.map(({ item }) => item.orderId),
  );
  const rows = grants.map(({ item, ticket }) => [item.orderId, ticket, item.userId, item.key, item.fingerprint]);
  try {
    db.run(
      `INSERT INTO queue_reservation (sale, order_id, ticket, buyer, key, fingerprint, reserved_at, epoch, batch)
       SELECT ?1, value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, ?2, ?3, ?4 FROM json_each(?5)`,
      sale.n,
      now,
      sale.epoch,
      batch,
      JSON.stringify(rows),
    );
  } catch (error) {
    if (!isConflict(error)) throw error;
    throw new Fault('corrupt', 'an order id or a ticket of this batch is taken', { cause: error });
  }
}
