import { Fault } from '../../../src/domain/errors.ts';
import { isLive, ORDER_STATES, type Order, type OrderState } from '../../../src/domain/order.ts';
import type {
  BookedOrder,
  Capture,
  CaptureResult,
  EndState,
  LogFence,
  NewOrder,
  OrderQuery,
  OrderStore,
  OwedTicket,
  RefundDue,
  Rejection,
  RejectionReason,
  SaleCounts,
  SaleMoney,
  StoreBatch,
  StoreResult,
} from '../../../src/ports/order-store.ts';

interface StoredOrder {
  readonly order: Order;
  /** A rejected order holds none. */
  readonly key: string | undefined;
  readonly reason?: RejectionReason;
}

interface Payment {
  readonly orderId: string;
  readonly at: number;
  readonly refund: 'none' | 'due' | 'done';
}

/** The order store's rules in plain memory. */
export class MemoryOrderStore implements OrderStore {
  readonly #orders = new Map<string, StoredOrder>();
  readonly #positions = new Map<string, number>();
  readonly #fences: (LogFence & { readonly group: string; readonly partition: number })[] = [];
  readonly #owed = new Map<string, OwedTicket>();
  readonly #payments = new Map<string, Payment>();
  /** Which payment a provider's message was about. */
  readonly #events = new Map<string, string>();

  async store({ group, positions, orders, refused = [], fences = [] }: StoreBatch): Promise<StoreResult> {
    // All or nothing: judged before the first is kept.
    const corrupt = [...orders, ...refused].find(({ order }) => !Number.isInteger(order.ticket));
    if (corrupt !== undefined) throw new Fault('corrupt', `order ${corrupt.order.id} has no ticket`);
    let stored = 0;
    let repeated = 0;
    const rejected: Rejection[] = [];
    for (const fresh of orders) {
      const known = this.#orders.get(fresh.order.id);
      if (known !== undefined && known.reason !== 'fence') {
        repeated += 1;
        continue;
      }
      const reason = this.#rival(fresh);
      if (reason === undefined) {
        stored += 1;
        this.#orders.set(fresh.order.id, fresh);
      } else {
        const order: Order = { ...fresh.order, state: 'rejected', endedAt: fresh.order.reservedAt };
        rejected.push({ order, reason });
        this.#orders.set(order.id, { order, key: undefined, reason });
        this.#owed.set(order.id, { saleId: order.saleId, orderId: order.id, forfeit: reason === 'ticket' });
      }
    }
    for (const { order: fresh } of refused) {
      if (this.#orders.has(fresh.id)) {
        repeated += 1;
        continue;
      }
      const order: Order = { ...fresh, state: 'rejected', endedAt: fresh.reservedAt };
      rejected.push({ order, reason: 'fence' });
      this.#orders.set(order.id, { order, key: undefined, reason: 'fence' });
    }
    for (const fence of fences) {
      const isThere = this.#fencesOf(group, fence.partition).some(
        ({ saleId, epoch }) => saleId === fence.saleId && epoch === fence.epoch,
      );
      if (!isThere) this.#fences.push({ group, ...fence });
    }
    for (const { partition, next } of positions) {
      const place = `${group} ${partition}`;
      this.#positions.set(place, Math.max(next, this.#positions.get(place) ?? 0));
    }
    return { stored, repeated, rejected };
  }

  async transition(to: EndState, orderIds: readonly string[], at: number): Promise<readonly Order[]> {
    return [...new Set(orderIds)].sort().flatMap((orderId) => this.#move(to, orderId, at) ?? []);
  }

  async due(saleId: string, now: number, limit: number): Promise<readonly string[]> {
    return this.#all()
      .filter((order) => order.saleId === saleId && order.state === 'reserved' && order.payBy <= now)
      .sort((a, b) => a.payBy - b.payBy)
      .slice(0, limit)
      .map(({ id }) => id);
  }

  async owedTickets(limit: number): Promise<readonly OwedTicket[]> {
    return [...this.#owed.values()].sort((a, b) => (a.orderId < b.orderId ? -1 : 1)).slice(0, limit);
  }

  async returned(orderIds: readonly string[]): Promise<void> {
    for (const orderId of orderIds) this.#owed.delete(orderId);
  }

  async capture({ eventId, paymentId, orderId, at }: Capture): Promise<CaptureResult> {
    for (const name of [eventId, paymentId]) {
      if (name.length === 0 || name.length > 255) throw new Fault('corrupt', 'a capture has a bad name');
    }
    if (!this.#orders.has(orderId)) return { kind: 'unknownOrder' };
    const known = this.#events.get(eventId);
    if (known === undefined) {
      this.#events.set(eventId, paymentId);
      if (!this.#payments.has(paymentId)) {
        const paid = this.#move('paid', orderId, at);
        this.#payments.set(paymentId, { orderId, at, refund: paid === undefined ? 'due' : 'none' });
      }
    }
    const payment = this.#payments.get(known ?? paymentId) as Payment;
    const { order } = this.#orders.get(payment.orderId) as StoredOrder;
    return { kind: payment.refund === 'none' ? 'paid' : 'refundDue', order };
  }

  async refundsDue(limit: number): Promise<readonly RefundDue[]> {
    return [...this.#payments]
      .filter(([, { refund }]) => refund === 'due')
      .sort(([a, { at }], [b, other]) => at - other.at || (a < b ? -1 : 1))
      .slice(0, limit)
      .map(([paymentId, { orderId }]) => {
        const { order } = this.#orders.get(orderId) as StoredOrder;
        return { paymentId, orderId, price: order.price };
      });
  }

  async refunded(paymentId: string, _at: number): Promise<void> {
    const payment = this.#payments.get(paymentId);
    if (payment?.refund === 'due') this.#payments.set(paymentId, { ...payment, refund: 'done' });
  }

  async money(saleId: string): Promise<SaleMoney> {
    const paid = this.#all().filter((order) => order.saleId === saleId && order.state === 'paid');
    const back = [...this.#payments.values()].filter(
      ({ orderId, refund }) => refund !== 'none' && this.#orders.get(orderId)?.order.saleId === saleId,
    );
    return { revenue: paid.reduce((sum, { price }) => sum + price.amount, 0), refunded: back.length };
  }

  async position(group: string, partition: number): Promise<number | undefined> {
    return this.#positions.get(`${group} ${partition}`);
  }

  async fences(group: string, partition: number): Promise<readonly LogFence[]> {
    return this.#fencesOf(group, partition)
      .map(({ saleId, epoch, offset }) => ({ saleId, epoch, offset }))
      .sort((a, b) => a.offset - b.offset);
  }

  async fencePassed(group: string, saleId: string, epoch: number): Promise<number> {
    const passed = this.#fences.filter((fence) => fence.group === group && fence.saleId === saleId);
    return new Set(passed.filter((fence) => fence.epoch >= epoch).map(({ partition }) => partition)).size;
  }

  async order(orderId: string): Promise<Order | undefined> {
    return this.#orders.get(orderId)?.order;
  }

  async orders({ userId, saleId, state, before, limit }: OrderQuery): Promise<readonly Order[]> {
    return this.#all()
      .filter(
        (order) =>
          (userId === undefined || order.userId === userId) &&
          (saleId === undefined || order.saleId === saleId) &&
          (state === undefined || order.state === state) &&
          (before === undefined || order.id < before),
      )
      .slice(0, limit);
  }

  async booked(saleId: string, first: number, last: number): Promise<readonly BookedOrder[]> {
    return [...this.#orders.values()]
      .filter(
        ({ order, reason }) =>
          order.saleId === saleId && reason !== 'fence' && first <= order.ticket && order.ticket <= last,
      )
      .map(({ order: { id: orderId, ticket, userId, reservedAt, state }, key }) => ({
        orderId,
        ticket,
        userId,
        key: key ?? null,
        reservedAt,
        live: isLive(state),
      }));
  }

  async counts(saleId: string): Promise<SaleCounts> {
    const orders = this.#all().filter((order) => order.saleId === saleId);
    const countOf = (state: OrderState) => orders.filter((order) => order.state === state).length;
    const states = Object.fromEntries(ORDER_STATES.map((state) => [state, countOf(state)]));
    const tickets = new Set(orders.filter(({ state }) => isLive(state)).map(({ ticket }) => ticket));
    return { states: states as Record<OrderState, number>, tickets: tickets.size };
  }

  async lastOrderId(): Promise<string | undefined> {
    return this.#all()[0]?.id;
  }

  async ping(): Promise<void> {}

  /** Undefined when the order is not reserved. Without a turn in between, as in one transaction. */
  #move(to: EndState, orderId: string, at: number): Order | undefined {
    const known = this.#orders.get(orderId);
    if (known?.order.state !== 'reserved') return undefined;
    const order: Order = { ...known.order, state: to, ...(to === 'paid' ? { paidAt: at } : { endedAt: at }) };
    this.#orders.set(orderId, { ...known, order });
    if (to !== 'paid') this.#owed.set(orderId, { saleId: order.saleId, orderId, forfeit: false });
    return order;
  }

  #fencesOf(group: string, partition: number) {
    return this.#fences.filter((fence) => fence.group === group && fence.partition === partition);
  }

  /** Newest first. */
  #all(): Order[] {
    return [...this.#orders.values()].map(({ order }) => order).sort((a, b) => (a.id < b.id ? 1 : -1));
  }

  #rival({ order, key }: NewOrder): Rejection['reason'] | undefined {
    const others = [...this.#orders.values()].filter((other) => other.order.saleId === order.saleId);
    if (others.some((other) => isLive(other.order.state) && other.order.ticket === order.ticket)) return 'ticket';
    return others.some((other) => other.order.userId === order.userId && other.key === key) ? 'key' : undefined;
  }
}
