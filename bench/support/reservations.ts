import { createIdSource } from '../../src/domain/ids.ts';
import type { ReservationsRecord } from '../../src/domain/log-record.ts';
import type { ReserveItem } from '../../src/ports/ticket-queue.ts';

/** A full batch of purchases a record, as the front writes them. */
export const ITEMS_PER_RECORD = 128;

/** Knuth's multiplicative hash. Buyers in random order decide how many index pages an insert or a commit touches. */
const MIXER = 2_654_435_761;
const USERS = 1_000_003;

const buyerOf = (n: number): string => `buyer-${(n * MIXER) % USERS}`;

export type RecordSource = (saleId: string, from: number, count: number) => ReservationsRecord;

/** Makes records that reserve `count` tickets after `from`. */
export function createRecords(): RecordSource {
  const newId = createIdSource({ node: 0, now: Date.now });
  return (saleId, from, count) => {
    const reservedAt = Date.now();
    const items = Array.from({ length: count }, (_, n) => {
      const ticket = from + n + 1;
      return {
        orderId: newId(),
        tickets: [ticket],
        userId: buyerOf(ticket),
        key: `k:click-${ticket}`,
        reservedAt,
        requestId: `bench-${ticket}`,
      };
    });
    const price = { amount: 12_999, currency: 'USD' };
    return { type: 'reservations', saleId, productId: 'bench', epoch: 1, price, payWithinSeconds: 900, items };
  };
}

/** Makes batches of purchases by buyers who each buy once, in random order. */
export function createReserveItems(): (count: number) => ReserveItem[] {
  const newOrderId = createIdSource({ node: 0, now: Date.now });
  let buyers = 0;
  return (count) =>
    Array.from({ length: count }, () => {
      const orderId = newOrderId();
      buyers += 1;
      const userId = `user-${Math.imul(buyers, MIXER) >>> 0}`;
      return { orderId, userId, key: `o:${orderId}`, fingerprint: 'purchase', quantity: 1 };
    });
}
