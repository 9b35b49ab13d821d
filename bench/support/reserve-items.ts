import { createIdSource } from '../../src/domain/ids.ts';
import type { ReserveItem } from '../../src/ports/ticket-queue.ts';

const MIXER = 2_654_435_761;

/** Makes purchases of buyers who come in no order, and who buy once: it decides how many pages a commit touches. */
export function createReserveItems(): (count: number) => ReserveItem[] {
  const newOrderId = createIdSource({ node: 0, now: Date.now });
  let buyers = 0;
  return (count) =>
    Array.from({ length: count }, () => {
      const orderId = newOrderId();
      buyers += 1;
      const userId = `user-${Math.imul(buyers, MIXER) >>> 0}`;
      return { orderId, userId, key: `o:${orderId}`, fingerprint: 'purchase' };
    });
}
