import type { Order } from '../../domain/order.ts';
import type { Capture, CaptureResult, EndState, OrderStore } from '../../ports/order-store.ts';
import type { SqlDatabase } from '../sql/connect.ts';
import { guarded } from '../sql/faults.ts';
import { captureResultOf, type RawPaymentOrder, SELECT_PAYMENT_ORDER } from '../sql/payment-order.ts';
import { orderOfRaw, type RawOrder } from '../sql/raw-order.ts';
import { assertStorableCapture } from '../sql/storable.ts';
import { textOf } from '../sql/text-of.ts';
import { quoted } from './literals.ts';
import { inTransaction, type Session } from './session.ts';
import {
  deleteOwed,
  idList,
  insertEvent,
  insertPayment,
  lockReserved,
  markRefundDue,
  markRefunded,
  move,
  oweTickets,
  selectEvent,
  selectSaleOf,
} from './transition-statements.ts';

/** What changes orders after they were stored. */
export function createOrderLife(
  database: SqlDatabase,
): Pick<OrderStore, 'transition' | 'returned' | 'capture' | 'refunded'> {
  return {
    transition: (to, orderIds, at) =>
      guarded('moving orders', async () => {
        const ids = idList(orderIds);
        return ids === undefined ? [] : inTransaction(database, (session) => moveReserved(session, to, ids, at));
      }),

    returned: (orderIds) =>
      guarded('noting returned tickets', async () => {
        const ids = idList(orderIds);
        if (ids !== undefined) await inTransaction(database, (session) => session.write(deleteOwed(ids)));
      }),

    capture: (capture) =>
      guarded('recording a capture', async () => {
        assertStorableCapture(capture);
        return inTransaction(database, (session) => recordCapture(session, capture));
      }),

    refunded: (paymentId, at) =>
      guarded('noting a refund', async () => {
        await inTransaction(database, (session) => session.write(markRefunded(paymentId, at)));
      }),
  };
}

async function moveReserved(session: Session, to: EndState, ids: string, at: number): Promise<readonly Order[]> {
  // What the locked read finds is reserved until we commit; a rival that was faster has made it something else.
  const found = await session.rows<RawOrder>(lockReserved(ids));
  const moving = idList(found.map(({ id }) => id));
  if (moving === undefined) return [];
  await session.write(move(to, moving, at));
  if (to !== 'paid') await session.write(oweTickets(moving));
  const time = to === 'paid' ? { paidAt: at } : { endedAt: at };
  return found.map((raw) => ({ ...orderOfRaw(raw), state: to, ...time }));
}

/**
 * Of what comes twice at the same moment the second one waits at the key of the event, or of the payment, until the
 * first has committed. Of two payments, or a payment and another end, the conditional update lets one have the order.
 */
async function recordCapture(session: Session, capture: Capture): Promise<CaptureResult> {
  const ids = idList([capture.orderId]);
  if (ids === undefined) return { kind: 'unknownOrder' };
  const [order] = await session.rows<Pick<RawOrder, 'sale_id'>>(selectSaleOf(ids));
  if (order === undefined) return { kind: 'unknownOrder' };

  if ((await session.write(insertEvent(capture))) === 0) {
    const [event] = await session.rows<{ readonly payment_id: string | Uint8Array }>(selectEvent(capture.eventId));
    return resultOf(session, event === undefined ? capture.paymentId : textOf(event.payment_id));
  }
  const isNew = (await session.write(insertPayment(capture, order.sale_id))) > 0;
  if (isNew && (await session.write(move('paid', ids, capture.at))) === 0) {
    await session.write(markRefundDue(capture.paymentId));
  }
  return resultOf(session, capture.paymentId);
}

async function resultOf(session: Session, paymentId: string): Promise<CaptureResult> {
  const [raw] = await session.rows<RawPaymentOrder>(SELECT_PAYMENT_ORDER + quoted(paymentId));
  if (raw === undefined) throw new Error('a payment whose event is recorded has no row');
  return captureResultOf(raw);
}
