import { Fault } from '../../../src/domain/errors.ts';
import { isLive, ORDER_STATES, type Order, type OrderState } from '../../../src/domain/order.ts';
import type {
  BookedOrder,
  Capture,
  CaptureResult,
  EndState,
  LogFence,
  OrderQuery,
  OrderStore,
  OwedTicket,
  RefundDue,
  Rejection,
  SaleCounts,
  SaleMoney,
  StoreBatch,
  StoreResult,
} from '../../../src/ports/order-store.ts';
import { type Bugs, NO_BUGS } from '../bugs.ts';
import { OrderRows } from './order-rows.ts';

interface Payment {
  readonly orderId: string;
  readonly at: number;
  refund: 'none' | 'due' | 'done';
}

export interface SimulatedStoreOptions {
  readonly bugs?: Bugs;
  /** Told of each change of a row, as it happens. */
  readonly onChange?: (before: Order | undefined, after: Order) => void;
}

/** The order store: each call is one transaction, and what it has answered stays. */
export class SimulatedOrderStore implements OrderStore {
  readonly #rows: OrderRows;
  readonly #positions = new Map<string, number>();
  readonly #fences = new Map<string, LogFence[]>();
  readonly #owed = new Map<string, OwedTicket>();
  readonly #payments = new Map<string, Payment>();
  readonly #events = new Map<string, string>();
  readonly #bugs: Bugs;

  constructor({ bugs = NO_BUGS, onChange = () => {} }: SimulatedStoreOptions = {}) {
    this.#bugs = bugs;
    this.#rows = new OrderRows(bugs, onChange);
  }

  async store({ group, positions, orders, refused = [], fences = [] }: StoreBatch): Promise<StoreResult> {
    const corrupt = [...orders, ...refused].find(({ order }) => !Number.isInteger(order.ticket));
    if (corrupt !== undefined) throw new Fault('corrupt', `order ${corrupt.order.id} has no ticket`);
    let stored = 0;
    const rejected: Rejection[] = [];
    for (const fresh of orders) {
      const { order } = fresh;
      const known = this.#rows.get(order.id);
      if (known !== undefined && known.reason !== 'fence' && !this.#bugs.has('noUniqueOrderId')) continue;
      const reason = known !== undefined && known.reason !== 'fence' ? undefined : this.#rows.rival(fresh);
      if (reason === undefined) {
        stored += 1;
        this.#rows.put(fresh);
      } else {
        rejected.push(this.#reject(order, reason));
        this.#owe(order, reason === 'ticket');
      }
    }
    for (const { order } of refused) {
      if (this.#rows.get(order.id) === undefined) rejected.push(this.#reject(order, 'fence'));
    }
    for (const { partition, ...fence } of fences) this.#pass(`${group} ${partition}`, fence);
    for (const { partition, next } of positions) {
      const place = `${group} ${partition}`;
      this.#positions.set(place, Math.max(next, this.#positions.get(place) ?? 0));
    }
    return { stored, repeated: orders.length + refused.length - stored - rejected.length, rejected };
  }

  async position(group: string, partition: number): Promise<number | undefined> {
    return this.#positions.get(`${group} ${partition}`);
  }

  async fences(group: string, partition: number): Promise<readonly LogFence[]> {
    return (this.#fences.get(`${group} ${partition}`) ?? []).toSorted((a, b) => a.offset - b.offset);
  }

  async fencePassed(group: string, saleId: string, epoch: number): Promise<number> {
    const passed = [...this.#fences].filter(
      ([place, fences]) =>
        place.slice(0, place.lastIndexOf(' ')) === group &&
        fences.some((fence) => fence.saleId === saleId && fence.epoch >= epoch),
    );
    return passed.length;
  }

  async order(orderId: string): Promise<Order | undefined> {
    return this.#rows.get(orderId)?.order;
  }

  async orders({ userId, saleId, state, before, limit }: OrderQuery): Promise<readonly Order[]> {
    return this.#rows
      .all()
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
    return this.rows()
      .filter(({ order, reason }) => order.saleId === saleId && reason !== 'fence')
      .filter(({ order: { ticket } }) => ticket >= first && ticket <= last)
      .map(({ order: { id, ticket, userId, reservedAt, state }, key = null }) => {
        return { orderId: id, ticket, userId, key, reservedAt, live: isLive(state) };
      });
  }

  async counts(saleId: string): Promise<SaleCounts> {
    const orders = this.#rows.all().filter((order) => order.saleId === saleId);
    const countOf = (state: OrderState) => orders.filter((order) => order.state === state).length;
    const states = Object.fromEntries(ORDER_STATES.map((state) => [state, countOf(state)]));
    const tickets = new Set(orders.filter(({ state }) => isLive(state)).map(({ ticket }) => ticket));
    return { states: states as Record<OrderState, number>, tickets: tickets.size };
  }

  async transition(to: EndState, orderIds: readonly string[], at: number): Promise<readonly Order[]> {
    return [...new Set(orderIds)].sort().flatMap((orderId) => this.#move(to, orderId, at) ?? []);
  }

  async due(saleId: string, now: number, limit: number): Promise<readonly string[]> {
    const earlyMs = this.#bugs.has('expireEarly') ? 2000 : 0;
    const state: readonly OrderState[] = this.#bugs.has('expirePaid') ? ['reserved', 'paid'] : ['reserved'];
    return this.#rows
      .all()
      .filter((order) => order.saleId === saleId && state.includes(order.state) && order.payBy <= now + earlyMs)
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
    if (this.#rows.get(orderId) === undefined) return { kind: 'unknownOrder' };
    const known = this.#events.get(eventId);
    if (known === undefined) {
      this.#events.set(eventId, paymentId);
      if (!this.#payments.has(paymentId)) {
        const paid = this.#move('paid', orderId, at);
        this.#payments.set(paymentId, { orderId, at, refund: paid === undefined ? 'due' : 'none' });
      }
    }
    const payment = this.#payments.get(known ?? paymentId) as Payment;
    const order = this.#rows.get(payment.orderId)?.order as Order;
    return { kind: payment.refund === 'none' ? 'paid' : 'refundDue', order };
  }

  async refundsDue(limit: number): Promise<readonly RefundDue[]> {
    return [...this.#payments]
      .filter(([, { refund }]) => refund === 'due')
      .sort(([a, { at }], [b, other]) => at - other.at || (a < b ? -1 : 1))
      .slice(0, limit)
      .flatMap(([paymentId, { orderId }]) => {
        const order = this.known(orderId);
        return order === undefined ? [] : [{ paymentId, orderId, price: order.price }];
      });
  }

  async refunded(paymentId: string, _at: number): Promise<void> {
    const payment = this.#payments.get(paymentId);
    if (payment?.refund === 'due') payment.refund = 'done';
  }

  async money(saleId: string): Promise<SaleMoney> {
    const paid = this.#rows.all().filter((order) => order.saleId === saleId && order.state === 'paid');
    const back = [...this.#payments.values()].filter(
      ({ orderId, refund }) => refund !== 'none' && this.#rows.get(orderId)?.order.saleId === saleId,
    );
    return { revenue: paid.reduce((sum, { price }) => sum + price.amount, 0), refunded: back.length };
  }

  async lastOrderId(): Promise<string | undefined> {
    return this.#rows.all()[0]?.id;
  }

  async ping(): Promise<void> {}

  known(orderId: string): Order | undefined {
    return this.#rows.get(orderId)?.order;
  }

  /** All rows with their keys, for the audit at the end. */
  rows() {
    return [...this.#rows.rows()];
  }

  #move(to: EndState, orderId: string, at: number): Order | undefined {
    const row = this.#rows.get(orderId);
    const { state } = row?.order ?? {};
    const careless =
      (to === 'expired' && state === 'paid' && this.#bugs.has('expirePaid')) ||
      (to === 'paid' && state === 'expired' && this.#bugs.has('captureEnded'));
    if (row === undefined || (state !== 'reserved' && !careless)) return undefined;
    const order: Order = { ...row.order, state: to, ...(to === 'paid' ? { paidAt: at } : { endedAt: at }) };
    this.#rows.put({ ...row, order });
    if (to !== 'paid') this.#owe(order, false);
    return order;
  }

  #reject(order: Order, reason: Rejection['reason']): Rejection {
    const lost: Order = { ...order, state: 'rejected', endedAt: order.reservedAt };
    this.#rows.put({ order: lost, key: undefined, reason });
    return { order: lost, reason };
  }

  #owe({ id: orderId, saleId }: Order, forfeit: boolean): void {
    if (!this.#bugs.has('outboxForgotten')) this.#owed.set(orderId, { saleId, orderId, forfeit });
  }

  #pass(place: string, fence: LogFence): void {
    const fences = this.#fences.get(place) ?? [];
    const known = fences.find(({ saleId, epoch }) => saleId === fence.saleId && epoch === fence.epoch);
    if (known === undefined) fences.push(fence);
    this.#fences.set(place, fences);
  }
}
