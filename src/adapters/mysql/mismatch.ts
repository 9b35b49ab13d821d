import type { Capture, CaptureResult } from '../../ports/order-payments.ts';
import { orderOfRaw, type RawOrder } from '../sql/raw-order.ts';
import { insertMismatch, lockOrder, selectPaymentTraces } from './mismatch-statements.ts';
import type { Session } from './session.ts';
import { selectOrder } from './transition-statements.ts';

/** Records a capture of another amount or currency than its order's total, in a transaction of its own. */
export async function recordMismatch(session: Session, ids: string, capture: Capture): Promise<CaptureResult> {
  // The lock comes before the first plain read, whose snapshot then has what another capture committed.
  await session.rows(lockOrder(ids));
  const [raw] = await session.rows<RawOrder>(selectOrder(ids));
  if (raw === undefined) return { kind: 'unknownOrder' };
  const isKnown = (await session.rows(selectPaymentTraces(capture.paymentId))).length > 0;
  await session.write(insertMismatch(capture, raw.sale_id, !isKnown));
  return { kind: 'mismatch', order: orderOfRaw(raw) };
}
