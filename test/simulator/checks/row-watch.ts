import type { Order } from '../../../src/domain/order.ts';
import type { Sale } from '../../../src/domain/sale.ts';
import { isLive, isReturned, mayBecome } from '../../support/order-lifecycle.ts';
import type { Report } from './report.ts';

/**
 * Checks each change of a row as it happens: what holds at the end may have been violated in between. Promises 1 (a
 * ticket has one live order), 2 (the limit), 5 (an order ends once).
 */
export class RowWatch {
  readonly #live = new Map<string, Set<string>>();
  readonly #held = new Map<string, Set<string>>();

  constructor(
    private readonly sales: readonly Sale[],
    private readonly now: () => number,
    private readonly skewMs: number,
    /** A queue that was tampered with does not enforce limits. */
    private readonly tampered: boolean,
    private readonly report: Report,
  ) {}

  readonly onChange = (before: Order | undefined, after: Order): void => {
    if (before !== undefined) this.#step(before, after);
    const sale = this.sales.find(({ id }) => id === after.saleId);
    if (sale === undefined) {
      this.report(`order ${after.id} is of an unknown sale`);
      return;
    }
    const { tickets, userId, id, state, reservedAt } = after;
    const held = setOf(this.#held, `${sale.id} ${userId}`);
    for (const ticket of tickets) {
      const orders = setOf(this.#live, `${sale.id} ${ticket}`);
      for (const [set, entry] of [[orders, id] as const, [held, `${id}/${ticket}`] as const]) {
        if (isLive(state)) set.add(entry);
        else set.delete(entry);
      }
      if (orders.size > 1)
        this.report(`promise 1: ticket ${ticket} of ${sale.id} is held by ${[...orders].join(' and ')}`);
    }
    if (held.size > sale.perBuyerLimit && !this.tampered)
      this.report(`promise 2: ${userId} holds ${[...held].join(', ')} of ${sale.id}`);
    if (reservedAt < sale.opensAt) this.report(`order ${id} was sold before the opening`);
    const keptUntil = before?.heldUntil ?? after.payBy;
    if (before?.state === 'reserved' && state === 'expired' && this.now() + this.skewMs < keptUntil) {
      this.report(`order ${id} expired early`);
    }
  };

  #step(before: Order, after: Order): void {
    // A rejected order may be replaced: the relay publishes under the new epoch what the queue has kept.
    if (before.state === 'rejected' && after.state === 'reserved') return;
    // Its money changes, or its hold.
    if (before.state === after.state) return;
    if (before.state === 'paid' && isReturned(after)) return;
    if (!mayBecome(before.state, after.state)) {
      this.report(`promise 5: order ${after.id} went from ${before.state} to ${after.state}`);
    }
  }
}

function setOf(sets: Map<string, Set<string>>, key: string): Set<string> {
  const known = sets.get(key);
  if (known !== undefined) return known;
  const fresh = new Set<string>();
  sets.set(key, fresh);
  return fresh;
}
