import type { Order } from '../../domain/order.ts';
import type { Capture, CaptureResult, EndState, OrderStore } from '../../ports/order-store.ts';
import type { SqlDatabase } from '../sql/connect.ts';
import { withSqlFaults } from '../sql/faults.ts';
import { captureResultOf, isMismatch, type RawPaymentOrder, SELECT_PAYMENT_ORDER } from '../sql/payment-order.ts';
import { orderOfRaw, type RawOrder } from '../sql/raw-order.ts';
import { assertStorableCapture } from '../sql/storable.ts';
import { ticketsBySale } from '../sql/stored-tickets.ts';
import { textOf } from '../sql/text-of.ts';
import { quoted } from './literals.ts';
import { recordMismatch } from './mismatch.ts';
import { markMismatchRefunded, supersedeMismatches } from './mismatch-statements.ts';
import { inTransaction, type Session } from './session.ts';
import {
  deleteTicketReturns,
  endTickets,
  idList,
  insertEvent,
  insertPayment,
  insertTicketReturns,
  lockReserved,
  markRefundDue,
  markRefunded,
  move,
  selectEvent,
  selectOrder,
} from './transition-statements.ts';

/** Transitions of stored orders, and what follows from them. */
export function createOrderTransitions(
  database: SqlDatabase,
): Pick<OrderStore, 'transition' | 'returned' | 'capture' | 'refunded'> {
  return {
    transition: (to, orderIds, at) =>
      withSqlFaults('moving orders', async () => {
        const ids = idList(orderIds);
        return ids === undefined ? [] : inTransaction(database, (session) => moveReserved(session, to, ids, at));
      }),

    returned: (orderIds) =>
      withSqlFaults('recording returned tickets', async () => {
        const ids = idList(orderIds);
        if (ids !== undefined) await inTransaction(database, (session) => session.write(deleteTicketReturns(ids)));
      }),

    capture: (capture) =>
      withSqlFaults('recording a capture', async () => {
        assertStorableCapture(capture);
        const ids = idList([capture.orderId]);
        if (ids === undefined) return { kind: 'unknownOrder' };
        const result = await inTransaction(database, (session) => recordCapture(session, ids, capture));
        return result ?? inTransaction(database, (session) => recordMismatch(session, ids, capture));
      }),

    refunded: (paymentId, at) =>
      withSqlFaults('recording a refund', async () => {
        await inTransaction(database, async (session) => {
          await session.write(markRefunded(paymentId, at));
          await session.write(markMismatchRefunded(paymentId, at));
        });
      }),
  };
}

async function moveReserved(session: Session, to: EndState, ids: string, at: number): Promise<readonly Order[]> {
  // Orders that the locking read finds stay reserved until we commit; those that another transition moved first are not found.
  const found = await session.rows<RawOrder>(lockReserved(ids));
  const moving = idList(found.map(({ id }) => id));
  if (moving === undefined) return [];
  const orders = found.map(orderOfRaw);
  await session.write(move(to, moving, at));
  if (to !== 'paid') {
    for (const [saleId, tickets] of ticketsBySale(orders)) await session.write(endTickets(saleId, tickets));
    await session.write(insertTicketReturns(moving));
  }
  const time = to === 'paid' ? { paidAt: at } : { endedAt: at };
  return orders.map((order) => ({ ...order, state: to, ...time }));
}

/**
 * If an event or a payment comes twice at the same moment, the second waits at its unique key until the first has
 * committed. Of two payments, or a payment and another transition, the conditional update lets one move the order.
 * Undefined, and nothing is recorded, if the capture is not of the order's total.
 */
async function recordCapture(session: Session, ids: string, capture: Capture): Promise<CaptureResult | undefined> {
  const [order] = await session.rows<RawOrder>(selectOrder(ids));
  if (order === undefined) return { kind: 'unknownOrder' };
  if (isMismatch(order, capture)) return undefined;

  if ((await session.write(insertEvent(capture))) === 0) {
    const [event] = await session.rows<{ readonly payment_id: string | Uint8Array }>(selectEvent(capture.eventId));
    return resultOf(session, event === undefined ? capture.paymentId : textOf(event.payment_id));
  }
  const isNew = (await session.write(insertPayment(capture, order.sale_id))) > 0;
  if (isNew && (await session.write(move('paid', ids, capture.at))) === 0) {
    await session.write(markRefundDue(capture.paymentId));
  }
  // After the order's lock, so that it finds what another capture of it has recorded.
  if (isNew) await session.write(supersedeMismatches(capture.paymentId));
  return resultOf(session, capture.paymentId);
}

async function resultOf(session: Session, paymentId: string): Promise<CaptureResult> {
  const [raw] = await session.rows<RawPaymentOrder>(SELECT_PAYMENT_ORDER + quoted(paymentId));
  if (raw === undefined) throw new Error('a payment whose event is recorded has no row');
  return captureResultOf(raw);
}
