import { assertStorableFence } from '../../../src/adapters/sql/storable.ts';
import { Fault } from '../../../src/domain/errors.ts';
import { isAscending, ORDER_STATES, type Order, type OrderState } from '../../../src/domain/order.ts';
import type {
  Capture,
  CaptureResult,
  RebookingDue,
  Refund,
  RefundDue,
  RefundRequest,
  RefundResult,
  SaleMoney,
} from '../../../src/ports/order-payments.ts';
import type {
  BookedOrder,
  EndState,
  LogFence,
  NewOrder,
  OrderQuery,
  OrderSearch,
  OrderStore,
  OwedTickets,
  Rejection,
  RejectionReason,
  SaleCounts,
  StoreBatch,
  StoreResult,
} from '../../../src/ports/order-store.ts';
import { isLive } from '../order-lifecycle.ts';
import { MemoryLogPositions } from './memory-log-positions.ts';
import { MemoryOrderRows, type OnOrderChange, type OrderRow } from './memory-order-rows.ts';
import { MemoryPayments } from './memory-payments.ts';
import { searchOrders } from './search-orders.ts';

/**
 * An order store in memory: each call is one transaction, and what was answered is never lost. The simulator plants bugs in
 * the protected methods.
 */
export class MemoryOrderStore implements OrderStore {
  protected readonly rows: MemoryOrderRows;
  readonly #log = new MemoryLogPositions();
  readonly #owed = new Map<string, OwedTickets>();
  protected readonly payments: MemoryPayments;

  constructor({ onChange = () => {} }: { readonly onChange?: OnOrderChange } = {}) {
    this.rows = new MemoryOrderRows(onChange);
    this.payments = new MemoryPayments({
      get: (orderId) => this.rows.get(orderId)?.order,
      ofSale: (saleId) => this.#ofSale(saleId),
      pay: (orderId, at) => this.#move('paid', orderId, at),
      change: (orderId, changes) => this.#change(orderId, changes),
    });
  }

  async store(batch: StoreBatch): Promise<StoreResult> {
    const { orders, fenced = [] } = batch;
    // All or nothing: checked before the first one is stored.
    const corrupt = [...orders, ...fenced].find(({ order }) => !areTickets(order.tickets));
    if (corrupt !== undefined) throw new Fault('corrupt', `order ${corrupt.order.id} has no tickets`);
    for (const fence of batch.fences ?? []) assertStorableFence(fence);
    let stored = 0;
    const rejected: Rejection[] = [];
    for (const fresh of orders) {
      const obstacle = this.obstacleTo(fresh);
      if (obstacle === 'repeated') continue;
      if (obstacle === undefined) {
        stored += 1;
        this.rows.put(fresh);
      } else {
        const heldByOthers = this.rows.heldOf(fresh.order);
        rejected.push(this.#reject(fresh.order, obstacle));
        this.owe(fresh.order, heldByOthers);
      }
    }
    for (const { order } of fenced) {
      if (this.rows.get(order.id) === undefined) rejected.push(this.#reject(order, 'fence'));
    }
    this.#log.move(batch);
    return { stored, repeated: orders.length + fenced.length - stored - rejected.length, rejected };
  }

  async transition(to: EndState, orderIds: readonly string[], at: number): Promise<readonly Order[]> {
    return [...new Set(orderIds)].sort().flatMap((orderId) => this.#move(to, orderId, at) ?? []);
  }

  async due(saleId: string, now: number, limit: number): Promise<readonly string[]> {
    return this.#ofSale(saleId)
      .filter((order) => this.isDue(order, now))
      .sort((a, b) => a.payBy - b.payBy)
      .slice(0, limit)
      .map(({ id }) => id);
  }

  async salesDue(saleIds: readonly string[], now: number): Promise<readonly string[]> {
    return saleIds.filter((saleId) => this.#ofSale(saleId).some((order) => this.isDue(order, now)));
  }

  async owedTickets(limit: number): Promise<readonly OwedTickets[]> {
    return [...this.#owed.values()].sort((a, b) => (a.orderId < b.orderId ? -1 : 1)).slice(0, limit);
  }

  async returned(orderIds: readonly string[]): Promise<void> {
    for (const orderId of orderIds) this.#owed.delete(orderId);
  }

  async holdForPayment(orderId: string, until: number): Promise<Order | undefined> {
    const row = this.rows.get(orderId);
    if (row === undefined) return undefined;
    const { state, heldUntil } = row.order;
    const mayHold = state === 'reserved' && heldUntil === undefined;
    return mayHold ? this.#change(orderId, { heldUntil: until }) : row.order;
  }

  async endHold(orderId: string): Promise<void> {
    const row = this.rows.get(orderId);
    if (row?.order.state !== 'reserved') return;
    const { heldUntil: _, ...order } = row.order;
    this.rows.put({ ...row, order });
  }

  capture(capture: Capture): Promise<CaptureResult> {
    return this.payments.capture(capture);
  }

  rebookingsDue(limit: number): Promise<readonly RebookingDue[]> {
    return this.payments.rebookingsDue(limit);
  }

  rebooked(paymentId: string, orderId: string, at: number): Promise<'paid' | 'refundDue' | 'unknown'> {
    return this.payments.rebooked(paymentId, orderId, at);
  }

  notRebooked(paymentId: string): Promise<void> {
    return this.payments.notRebooked(paymentId);
  }

  refund(request: RefundRequest): Promise<RefundResult> {
    return this.payments.refund(request);
  }

  refundsOf(orderId: string): Promise<readonly Refund[]> {
    return this.payments.refundsOf(orderId);
  }

  refundsDue(limit: number): Promise<readonly RefundDue[]> {
    return this.payments.refundsDue(limit);
  }

  refunded(due: Pick<RefundDue, 'id' | 'kind'>, at: number): Promise<void> {
    return this.payments.refunded(due, at);
  }

  money(saleId: string): Promise<SaleMoney> {
    return this.payments.money(saleId);
  }

  async position(group: string, partition: number): Promise<number | undefined> {
    return this.#log.position(group, partition);
  }

  async fences(group: string, partition: number): Promise<readonly LogFence[]> {
    return this.#log.fences(group, partition);
  }

  async fencePassed(group: string, saleId: string, epoch: number): Promise<number> {
    return this.#log.fencePassed(group, saleId, epoch);
  }

  async order(orderId: string): Promise<Order | undefined> {
    return this.rows.get(orderId)?.order;
  }

  async orders({ userId, saleId, state, before, limit }: OrderQuery): Promise<readonly Order[]> {
    return this.rows
      .orders()
      .filter(
        (order) =>
          (userId === undefined || order.userId === userId) &&
          (saleId === undefined || order.saleId === saleId) &&
          (state === undefined || order.state === state) &&
          (before === undefined || order.id < before),
      )
      .slice(0, limit);
  }

  async search(search: OrderSearch): Promise<readonly Order[]> {
    return searchOrders(this.rows.orders(), search);
  }

  async booked(saleId: string, first: number, last: number): Promise<readonly BookedOrder[]> {
    return this.rows
      .all()
      .filter(({ order, reason }) => order.saleId === saleId && reason !== 'fence')
      .filter(
        ({
          order: {
            tickets: [lowest = 0],
          },
        }) => first <= lowest && lowest <= last,
      )
      .map(({ order: { id: orderId, tickets, userId, reservedAt, state }, key = null }) => {
        return { orderId, tickets, userId, key, reservedAt, live: isLive(state) };
      });
  }

  async counts(saleId: string): Promise<SaleCounts> {
    const orders = this.#ofSale(saleId);
    const countOf = (state: OrderState) => orders.filter((order) => order.state === state).length;
    const states = Object.fromEntries(ORDER_STATES.map((state) => [state, countOf(state)]));
    const tickets = new Set(orders.filter(({ state }) => isLive(state)).flatMap((order) => order.tickets));
    return { states: states as Record<OrderState, number>, tickets: tickets.size };
  }

  async lastOrderId(): Promise<string | undefined> {
    return this.rows.orders()[0]?.id;
  }

  async ping(): Promise<void> {}

  /** Why a new order cannot be stored; undefined if it can. */
  protected obstacleTo(fresh: NewOrder): 'repeated' | RejectionReason | undefined {
    const known = this.rows.get(fresh.order.id);
    if (known !== undefined && known.reason !== 'fence') return 'repeated';
    if (this.rows.heldOf(fresh.order).length > 0) return 'ticket';
    return this.rows.hasKey(fresh) ? 'key' : undefined;
  }

  protected isDue(order: Order, now: number): boolean {
    return order.state === 'reserved' && order.payBy <= now && !this.isHeld(order, now);
  }

  /** Whether a payment keeps it from expiring. */
  protected isHeld({ heldUntil = 0 }: Order, at: number): boolean {
    return heldUntil > at;
  }

  protected mayEnd({ state }: Order, _to: EndState): boolean {
    return state === 'reserved';
  }

  /** Records that the queue has to end the reservation of an order. */
  protected owe({ id: orderId, saleId, tickets }: Order, heldByOthers: readonly number[]): void {
    this.#owed.set(orderId, { saleId, orderId, quantity: tickets.length, heldByOthers });
  }

  /** Undefined if the order cannot move there. Synchronous, as one transaction is atomic. */
  #move(to: EndState, orderId: string, at: number): Order | undefined {
    const row = this.rows.get(orderId);
    if (row === undefined || !this.mayEnd(row.order, to)) return undefined;
    if (to === 'expired' && this.isHeld(row.order, at)) return undefined;
    const { heldUntil: _, ...rest } = row.order;
    const order: Order = { ...rest, state: to, ...(to === 'paid' ? { paidAt: at } : { endedAt: at }) };
    this.rows.put({ ...row, order });
    if (to !== 'paid') this.owe(order, []);
    return order;
  }

  #change(orderId: string, changes: Partial<Order>): Order {
    const row = this.rows.get(orderId) as OrderRow;
    const order: Order = { ...row.order, ...changes };
    this.rows.put({ ...row, order });
    if (isLive(row.order.state) && !isLive(order.state)) this.owe(order, []);
    return order;
  }

  #reject(fresh: Order, reason: RejectionReason): Rejection {
    const order: Order = { ...fresh, state: 'rejected', endedAt: fresh.reservedAt };
    this.rows.put({ order, key: undefined, reason });
    return { order, reason };
  }

  /** Newest first. */
  #ofSale(saleId: string): Order[] {
    return this.rows.orders().filter((order) => order.saleId === saleId);
  }
}

function areTickets(tickets: readonly number[]): boolean {
  return tickets.length > 0 && tickets.every(Number.isInteger) && isAscending(tickets);
}
