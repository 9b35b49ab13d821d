import { Fault } from '../../../src/domain/errors.ts';
import { isLive, ORDER_STATES, type Order, type OrderState } from '../../../src/domain/order.ts';
import type {
  NewOrder,
  OrderQuery,
  OrderStore,
  Rejection,
  SaleCounts,
  StoreBatch,
  StoreResult,
} from '../../../src/ports/order-store.ts';

/** The order store's rules in plain memory. */
export class MemoryOrderStore implements OrderStore {
  /** A rejected order holds no key. */
  readonly #orders = new Map<string, { readonly order: Order; readonly key: string | undefined }>();
  readonly #positions = new Map<string, number>();

  async store({ group, positions, orders }: StoreBatch): Promise<StoreResult> {
    // All or nothing: judged before the first is kept.
    const corrupt = orders.find(({ order }) => !Number.isInteger(order.ticket));
    if (corrupt !== undefined) throw new Fault('corrupt', `order ${corrupt.order.id} has no ticket`);
    let stored = 0;
    let repeated = 0;
    const rejected: Rejection[] = [];
    for (const fresh of orders) {
      if (this.#orders.has(fresh.order.id)) {
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
        this.#orders.set(order.id, { order, key: undefined });
      }
    }
    for (const { partition, next } of positions) {
      const place = `${group} ${partition}`;
      this.#positions.set(place, Math.max(next, this.#positions.get(place) ?? 0));
    }
    return { stored, repeated, rejected };
  }

  /** Ends or pays an order; the port has no call for it yet. */
  setState(orderId: string, state: OrderState): void {
    const known = this.#orders.get(orderId);
    if (known !== undefined) this.#orders.set(orderId, { ...known, order: { ...known.order, state } });
  }

  async position(group: string, partition: number): Promise<number | undefined> {
    return this.#positions.get(`${group} ${partition}`);
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
