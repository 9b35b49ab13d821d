import type { Order } from '../../domain/order.ts';
import type { EndState } from '../../ports/order-store.ts';
import type { SqlDatabase } from '../sql/connect.ts';
import { withSqlFaults } from '../sql/faults.ts';
import type { OrderTransitions } from '../sql/order-transition-reads.ts';
import { orderOfRaw, type RawOrder } from '../sql/raw-order.ts';
import { assertStorableCapture, assertStorableRefund } from '../sql/storable.ts';
import { ticketsBySale } from '../sql/stored-tickets.ts';
import { recordMismatch } from './mismatch.ts';
import { markMismatchRefunded } from './mismatch-statements.ts';
import { endRebooking, holdOrder, recordCapture, recordRebooking } from './payments.ts';
import { markRequestRefunded, recordRefund } from './refunds.ts';
import { inTransaction, type Session } from './session.ts';
import {
  deleteTicketReturns,
  endHold,
  endTickets,
  idList,
  insertTicketReturns,
  lockMovable,
  markRefunded,
  move,
} from './transition-statements.ts';

/** Transitions of stored orders, and what follows from them. */
export function createOrderTransitions(database: SqlDatabase): OrderTransitions {
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

    holdForPayment: (orderId, until) =>
      withSqlFaults('holding an order for its payment', async () => {
        const ids = idList([orderId]);
        return ids === undefined ? undefined : inTransaction(database, (session) => holdOrder(session, ids, until));
      }),

    endHold: (orderId) =>
      withSqlFaults('ending the hold of an order', async () => {
        const ids = idList([orderId]);
        if (ids !== undefined) await inTransaction(database, (session) => session.write(endHold(ids)));
      }),

    rebooked: (paymentId, orderId, at) =>
      withSqlFaults('recording a rebooking', () =>
        inTransaction(database, (session) => recordRebooking(session, paymentId, orderId, at)),
      ),

    notRebooked: (paymentId) =>
      withSqlFaults('recording a rebooking', () =>
        inTransaction(database, (session) => endRebooking(session, paymentId)),
      ),

    refund: (request) =>
      withSqlFaults('recording a refund', async () => {
        assertStorableRefund(request);
        return inTransaction(database, (session) => recordRefund(session, request));
      }),

    refunded: ({ id, kind }, at) =>
      withSqlFaults('recording a refund', async () => {
        await inTransaction(database, async (session) => {
          if (kind === 'request') return session.write(markRequestRefunded(id, at));
          await session.write(markRefunded(id, at));
          return session.write(markMismatchRefunded(id, at));
        });
      }),
  };
}

async function moveReserved(session: Session, to: EndState, ids: string, at: number): Promise<readonly Order[]> {
  // Orders that the locking read finds stay reserved until we commit; those that another transition moved first are not found.
  const found = await session.rows<RawOrder>(lockMovable(to, ids, at));
  const moving = idList(found.map(({ id }) => id));
  if (moving === undefined) return [];
  const orders = found.map(orderOfRaw);
  await session.write(move(to, moving, at));
  if (to !== 'paid') {
    for (const [saleId, tickets] of ticketsBySale(orders)) await session.write(endTickets(saleId, tickets));
    await session.write(insertTicketReturns(moving));
  }
  const time = to === 'paid' ? { paidAt: at } : { endedAt: at };
  return orders.map(({ heldUntil: _, ...order }) => ({ ...order, state: to, ...time }));
}
