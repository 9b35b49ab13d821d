import { randomBytes, randomInt } from 'node:crypto';
import { createIdSource, MAX_NODE } from '../../src/domain/ids.ts';
import type { ReservationsRecord } from '../../src/domain/log-record.ts';
import type { QueuedSale, ReserveItem } from '../../src/ports/ticket-queue.ts';

const MINUTE_MS = 60_000;

/** Unique across runs, so that a suite may run again on servers that keep their data. */
export const newOrderId = createIdSource({ node: randomInt(MAX_NODE + 1), now: () => Date.now() });

export function newName(kind: string): string {
  return `${kind}-${randomBytes(6).toString('hex')}`;
}

/** A sale that is open now, by any roughly correct clock. */
export function openSale(overrides: Partial<QueuedSale> = {}): QueuedSale {
  const now = Date.now();
  return {
    id: newName('sale'),
    epoch: 1,
    total: 10,
    perBuyerLimit: 2,
    opensAt: now - MINUTE_MS,
    closesAt: now + 60 * MINUTE_MS,
    ...overrides,
  };
}

/** A purchase of one ticket by a new buyer, without an Idempotency-Key. */
export function purchase(overrides: Partial<ReserveItem> = {}): ReserveItem {
  const orderId = newOrderId();
  return { orderId, userId: `user-${orderId}`, key: `o:${orderId}`, fingerprint: 'f1', quantity: 1, ...overrides };
}

export function purchases(count: number, overrides: Partial<ReserveItem> = {}): ReserveItem[] {
  return Array.from({ length: count }, () => purchase(overrides));
}

/** A log record of one order, whose ticket tells it from the others. */
export function logRecord(ticket: number, saleId = 'sale-1'): ReservationsRecord {
  const orderId = newOrderId();
  return {
    type: 'reservations',
    saleId,
    productId: 'product-1',
    epoch: 1,
    price: { amount: 12_999, currency: 'USD' },
    payWithinSeconds: 900,
    items: [
      {
        orderId,
        tickets: [ticket],
        userId: 'Zoë',
        key: `o:${orderId}`,
        reservedAt: Date.now(),
        requestId: 'request-1',
      },
    ],
  };
}

export function logRecords(count: number): ReservationsRecord[] {
  return Array.from({ length: count }, (_, i) => logRecord(i + 1));
}
