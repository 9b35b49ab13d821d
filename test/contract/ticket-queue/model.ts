import type { ForfeitedOrder, QueuedSale, ReserveAnswer, ReserveItem } from '../../../src/ports/ticket-queue.ts';

interface ModelOrder {
  readonly item: ReserveItem;
  readonly tickets: readonly number[];
  held: boolean;
  /** It ended by a forfeit. */
  forfeited: boolean;
  published: boolean;
}

/** An answer without its time: the queue's clock is its own. */
export type ModelAnswer = Record<string, unknown>;

/** The port's documentation as the simplest code: a queue is correct if it answers like this. */
export class ModelQueue {
  readonly #sale: QueuedSale;
  readonly #free: number[];
  readonly #orders: ModelOrder[] = [];
  #closed = false;
  #paused = false;
  #total: number;
  /** By buyer, of one minute. */
  readonly #attempts = new Map<string, number>();

  constructor(sale: QueuedSale) {
    this.#sale = sale;
    this.#total = sale.total;
    this.#free = Array.from({ length: sale.total }, (_, i) => i + 1);
  }

  get remaining(): number {
    return this.#free.length;
  }

  get total(): number {
    return this.#total;
  }

  get paused(): boolean {
    return this.#paused;
  }

  /** Whether a returned ticket is free: whether added tickets are sold before it is up to the queue. */
  get hasReturned(): boolean {
    return this.#orders.some(({ tickets }) => tickets.some((ticket) => this.#free.includes(ticket)));
  }

  /** The number of tickets that orders hold. */
  get held(): number {
    return ticketsIn(this.#orders.filter(({ held }) => held));
  }

  ticketsOf(orderId: string): readonly number[] | undefined {
    return this.#orders.find(({ item }) => item.orderId === orderId)?.tickets;
  }

  get pending(): readonly string[] {
    return this.#orders.filter(({ published }) => !published).map(({ item }) => item.orderId);
  }

  reserve(items: readonly ReserveItem[], maxAttempts: number, maxEnded: number): ModelAnswer[] {
    return items.map((item) => this.#reserveOne(item, maxAttempts, maxEnded));
  }

  published(orderIds: readonly string[]): void {
    for (const order of this.#orders) order.published ||= orderIds.includes(order.item.orderId);
  }

  release(orderIds: readonly string[]): string[] {
    const released: string[] = [];
    for (const orderId of orderIds) {
      const order = this.#end(orderId);
      if (order === undefined) continue;
      this.#free.push(...order.tickets);
      released.push(orderId);
    }
    return released;
  }

  forfeit(orders: readonly ForfeitedOrder[]): void {
    for (const { orderId, tickets } of orders) {
      const order = this.#end(orderId);
      if (order === undefined) continue;
      order.forfeited = true;
      this.#free.push(...order.tickets.filter((ticket) => !tickets.includes(ticket)));
    }
  }

  update({ paused, total }: { readonly paused: boolean; readonly total: number }): void {
    this.#paused = paused;
    for (let ticket = this.#total + 1; ticket <= total; ticket += 1) this.#free.push(ticket);
    this.#total = total;
  }

  close(): void {
    this.#closed = true;
  }

  #end(orderId: string): ModelOrder | undefined {
    const order = this.#orders.find(({ item, held }) => held && item.orderId === orderId);
    if (order !== undefined) Object.assign(order, { held: false, published: true });
    return order;
  }

  #reserveOne(item: ReserveItem, maxAttempts: number, maxEnded: number): ModelAnswer {
    const known = this.#orders.find((order) => order.item.userId === item.userId && order.item.key === item.key);
    if (known !== undefined) {
      const { tickets, published } = known;
      if (known.item.fingerprint !== item.fingerprint) return { kind: 'keyMismatch' };
      if (known.item.orderId === item.orderId) return { kind: 'reserved', tickets };
      return { kind: 'replayed', orderId: known.item.orderId, tickets, published };
    }
    if (maxAttempts > 0) {
      const made = this.#attempts.get(item.userId) ?? 0;
      if (made >= maxAttempts) return { kind: 'tooManyAttempts' };
      this.#attempts.set(item.userId, made + 1);
    }
    if (this.#closed) return { kind: 'closed' };
    if (this.#paused) return { kind: 'paused' };
    const own = this.#orders.filter((order) => order.item.userId === item.userId);
    const mine = own.filter((order) => order.held);
    if (maxEnded > 0 && own.filter(({ held, forfeited }) => !held && !forfeited).length >= maxEnded)
      return { kind: 'tooManyOrders' };
    if (ticketsIn(mine) + item.quantity > this.#sale.perBuyerLimit) {
      return { kind: 'limitReached', orderIds: mine.map((order) => order.item.orderId).toSorted() };
    }
    const remaining = this.#free.length;
    if (remaining === 0) return { kind: 'soldOut' };
    if (remaining < item.quantity) return { kind: 'notEnoughLeft', remaining };
    const tickets = this.#free.splice(0, item.quantity).sort((a, b) => a - b);
    this.#orders.push({ item, tickets, held: true, forfeited: false, published: false });
    return { kind: 'reserved', tickets };
  }
}

function ticketsIn(orders: readonly ModelOrder[]): number {
  return orders.reduce((sum, { tickets }) => sum + tickets.length, 0);
}

export function withoutTime(answer: ReserveAnswer): ModelAnswer {
  if (answer.kind === 'limitReached') return { kind: answer.kind, orderIds: answer.orderIds.toSorted() };
  const { reservedAt: _, endsInMs: __, ...rest }: ModelAnswer = { ...answer };
  return rest;
}
