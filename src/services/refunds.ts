import { createHash } from 'node:crypto';
import type { Clock } from '../ports/clock.ts';
import type { Refund, RefundRequest, RefundResult } from '../ports/order-payments.ts';
import type { OrderStore } from '../ports/order-store.ts';
import { type ReturnPorts, returnTickets } from './cancel.ts';
import type { OrderFinder } from './order-finder.ts';

export interface RefundsPorts extends ReturnPorts {
  readonly store: Pick<OrderStore, 'refund' | 'refundsOf' | 'order' | 'returned'>;
  readonly finder: Pick<OrderFinder, 'findStored'>;
  readonly clock: Pick<Clock, 'now'>;
  /** Makes a unique id of at most 64 characters. */
  readonly newId: () => string;
}

/** What an admin asks for. */
export interface RefundCommand extends Omit<RefundRequest, 'id' | 'orderId' | 'at'> {
  /** A repetition with the same key gives nothing back again. */
  readonly key?: string | undefined;
}

/** Refunds that admins request. */
export class Refunds {
  constructor(private readonly ports: RefundsPorts) {}

  /**
   * Requests a refund of a paid order: once it is recorded the scheduler asks the provider for it until it has accepted. A crash
   * before that changes nothing; after a crash behind it the tickets that were to be returned are owed to the queue, and the
   * scheduler returns them. Errors: Faults of the store, and of {@link OrderFinder}.
   */
  async request(orderId: string, { key, ...command }: RefundCommand): Promise<RefundResult> {
    const { store, finder, events, clock, newId } = this.ports;
    const id = key === undefined ? newId() : idOf(orderId, key);
    const record = () => store.refund({ ...command, id, orderId, at: clock.now() });
    let result = await record();
    // It may have been bought a moment ago: it is not paid then, but it exists.
    if (result.kind === 'unknownOrder' && (await finder.findStored(orderId, () => true))) result = await record();
    if (result.kind !== 'refunded') return result;
    events.publish({ type: 'orders', orders: [result.order] });
    if (command.returnTickets) await returnTickets(result.order, this.ports);
    return result;
  }

  /** Those of an order, oldest first; undefined if there is no such order. Errors: Faults of the store. */
  async of(orderId: string): Promise<readonly Refund[] | undefined> {
    const { store } = this.ports;
    const refunds = await store.refundsOf(orderId);
    return refunds.length === 0 && (await store.order(orderId)) === undefined ? undefined : refunds;
  }
}

/** A key may be longer than an id, and is of one order. */
function idOf(orderId: string, key: string): string {
  return createHash('sha256').update(`${orderId} ${key}`).digest('base64url');
}
