import type { Order } from '../../../src/domain/order.ts';
import type { RefundRequest, RefundResult } from '../../../src/ports/order-payments.ts';
import type { EndState, NewOrder, RejectionReason } from '../../../src/ports/order-store.ts';
import type { OnOrderChange } from '../../support/fakes/memory-order-rows.ts';
import { MemoryOrderStore } from '../../support/fakes/memory-order-store.ts';
import { type Bugs, NO_BUGS } from '../bugs.ts';

/** How early orders expire with `expireEarly`. */
const EARLY_MS = 2000;

export interface SimulatedStoreOptions {
  readonly bugs?: Bugs;
  readonly onChange?: OnOrderChange;
}

/** The order store with bugs planted in its decisions, and access to all rows. */
export class SimulatedOrderStore extends MemoryOrderStore {
  readonly #bugs: Bugs;
  #refunds = false;

  constructor({ bugs = NO_BUGS, ...options }: SimulatedStoreOptions = {}) {
    super(options);
    this.#bugs = bugs;
  }

  /** All orders, for the audit at the end. */
  all(): readonly Order[] {
    return this.rows.all().map(({ order }) => order);
  }

  has(orderId: string): boolean {
    return this.rows.get(orderId) !== undefined;
  }

  protected override obstacleTo(fresh: NewOrder): 'repeated' | RejectionReason | undefined {
    const obstacle = super.obstacleTo(fresh);
    if (obstacle === 'repeated' && this.#bugs.has('noUniqueOrderId')) return undefined;
    if (obstacle === 'ticket' && this.#bugs.has('noUniqueTicket')) return this.rows.hasKey(fresh) ? 'key' : undefined;
    return obstacle;
  }

  protected override isDue(order: Order, now: number): boolean {
    const late = now + (this.#bugs.has('expireEarly') ? EARLY_MS : 0);
    const isPaid = this.#bugs.has('expirePaid') && order.state === 'paid' && order.payBy <= late;
    return isPaid || super.isDue(order, late);
  }

  protected override mayEnd(order: Order, to: EndState): boolean {
    const { state } = order;
    const isCareless =
      (to === 'expired' && state === 'paid' && this.#bugs.has('expirePaid')) ||
      (to === 'paid' && state === 'expired' && this.#bugs.has('captureEnded'));
    return isCareless || super.mayEnd(order, to);
  }

  protected override isHeld(order: Order, at: number): boolean {
    return super.isHeld(order, at) && !this.#bugs.has('holdIgnored');
  }

  override async refund(request: RefundRequest): Promise<RefundResult> {
    const before = this.rows.get(request.orderId);
    this.#refunds = true;
    const result = await super.refund(request);
    this.#refunds = false;
    if (this.#bugs.has('refundNotInOrder') && before !== undefined && !request.returnTickets) this.rows.put(before);
    return result;
  }

  protected override owe(order: Order, heldByOthers: readonly number[]): void {
    const isForgotten = this.#bugs.has('outboxForgotten') || (this.#refunds && this.#bugs.has('refundKeepsTickets'));
    if (!isForgotten) super.owe(order, heldByOthers);
  }
}
