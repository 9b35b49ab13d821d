import { createIdSource } from '../../src/domain/ids.ts';
import type { ReservationsRecord } from '../../src/domain/log-record.ts';

/** As the front writes them: a full batch of purchases a record. */
export const ITEMS_PER_RECORD = 128;

const MIXER = 2_654_435_761;
const USERS = 1_000_003;

/** Buyers come in no order: it decides how many pages of their index an insert touches. */
export const buyerOf = (n: number): string => `buyer-${(n * MIXER) % USERS}`;

export type RecordSource = (saleId: string, from: number, count: number) => ReservationsRecord;

/** Makes records of reservations of the tickets behind `from`. */
export function createRecords(): RecordSource {
  const newId = createIdSource({ node: 0, now: Date.now });
  return (saleId, from, count) => {
    const reservedAt = Date.now();
    const items = Array.from({ length: count }, (_, n) => {
      const ticket = from + n + 1;
      return {
        orderId: newId(),
        ticket,
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
