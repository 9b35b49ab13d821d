import { BuyerCounts } from './buyer-counts.ts';
import { hashOf } from './hash.ts';
import { PackedIds } from './packed-ids.ts';

export interface HeldTicket {
  readonly ticket: number;
  readonly orderId: string;
}

/** Who holds which ticket, as one side has it; in typed arrays by ticket. */
export class TicketBook {
  readonly ids: PackedIds;
  /** Hash of the buyer; 0 for a ticket that nobody holds. */
  readonly buyers: Float64Array;
  /** Tickets that more than one order holds, and all of these orders. */
  readonly doubled = new Map<number, Set<string>>();
  /** Orders whose ticket the sale hasn't got, with that ticket. */
  readonly strays = new Map<string, number>();
  readonly #counts = new BuyerCounts();
  #size = 0;

  constructor(private readonly total: number) {
    this.ids = new PackedIds(total + 1);
    this.buyers = new Float64Array(total + 1);
  }

  /** Orders that hold a ticket. */
  get size(): number {
    return this.#size;
  }

  /** What one buyer holds at the most. */
  get mostOfABuyer(): number {
    return this.#counts.most;
  }

  /** Again is once. */
  add(ticket: number, orderId: string, userId: string): void {
    if (this.#knows(ticket, orderId)) return;
    const buyer = hashOf(userId);
    this.#size += 1;
    this.#counts.add(buyer);
    if (!isTicket(ticket, this.total)) this.strays.set(orderId, ticket);
    else if (this.ids.has(ticket)) this.#double(ticket, orderId);
    else {
      this.ids.set(ticket, orderId);
      this.buyers[ticket] = buyer;
    }
  }

  has(ticket: number): boolean {
    return this.ids.has(ticket);
  }

  /** What buyers hold who hold more than they may. */
  overLimit(limit: number): ReadonlyMap<number, readonly HeldTicket[]> {
    const over = this.#counts.above(limit);
    const held = new Map<number, HeldTicket[]>();
    if (over.size === 0) return held;
    for (let ticket = 1; ticket <= this.total; ticket += 1) {
      const buyer = this.buyers[ticket] as number;
      if (!over.has(buyer)) continue;
      const others = held.get(buyer) ?? [];
      others.push({ ticket, orderId: this.ids.get(ticket) });
      held.set(buyer, others);
    }
    return held;
  }

  #knows(ticket: number, orderId: string): boolean {
    if (this.strays.has(orderId)) return true;
    if (!isTicket(ticket, this.total) || !this.ids.has(ticket)) return false;
    return this.doubled.get(ticket)?.has(orderId) ?? this.ids.get(ticket) === orderId;
  }

  #double(ticket: number, orderId: string): void {
    const orders = this.doubled.get(ticket) ?? new Set([this.ids.get(ticket)]);
    this.doubled.set(ticket, orders.add(orderId));
  }
}

export function isTicket(ticket: number, total: number): boolean {
  return Number.isInteger(ticket) && ticket >= 1 && ticket <= total;
}
