import { endsTurn } from '../turns.ts';
import { BuyerCounts, hashOfBuyer } from './buyer-counts.ts';
import { PackedIds } from './packed-ids.ts';

export interface HeldTicket {
  readonly ticket: number;
  readonly orderId: string;
}

/** The order and the buyer that hold each ticket, according to one source; in typed arrays indexed by ticket. */
export class TicketHolders {
  readonly ids: PackedIds;
  /** The hash of the buyer; 0 for a ticket without a holder. */
  readonly buyers: Float64Array;
  /** Tickets that more than one order holds, with all of these orders. */
  readonly doubled = new Map<number, Set<string>>();
  /** Tickets that are not the sale's, with the orders that hold them. */
  readonly strays = new Map<number, Set<string>>();
  readonly #counts: BuyerCounts;
  #size = 0;

  constructor(private readonly total: number) {
    this.ids = new PackedIds(total + 1);
    this.buyers = new Float64Array(total + 1);
    // At once, since to fill a larger table again takes tens of milliseconds.
    this.#counts = new BuyerCounts(total);
  }

  /** The number of tickets that orders hold; one that two orders hold counts twice. */
  get size(): number {
    return this.#size;
  }

  /** The most tickets that any buyer holds. */
  get mostPerBuyer(): number {
    return this.#counts.most;
  }

  /** Idempotent. */
  add(ticket: number, orderId: string, userId: string): void {
    if (this.#contains(ticket, orderId)) return;
    const buyer = hashOfBuyer(userId);
    this.#size += 1;
    this.#counts.add(buyer);
    if (!isTicket(ticket, this.total)) this.strays.set(ticket, (this.strays.get(ticket) ?? new Set()).add(orderId));
    else if (this.ids.has(ticket)) this.#double(ticket, orderId);
    else {
      this.ids.set(ticket, orderId);
      this.buyers[ticket] = buyer;
    }
  }

  has(ticket: number): boolean {
    return this.ids.has(ticket);
  }

  /** The tickets of each buyer that holds more than `limit`; `undefined` where a turn of the event loop may pass. */
  *overLimit(limit: number): Generator<readonly HeldTicket[] | undefined> {
    if (this.#counts.most <= limit) return;
    const over = this.#counts.above(limit);
    const held = new Map<number, HeldTicket[]>();
    for (let ticket = 1; ticket <= this.total; ticket += 1) {
      if (endsTurn(ticket)) yield undefined;
      const buyer = this.buyers[ticket] as number;
      if (!over.has(buyer)) continue;
      const others = held.get(buyer) ?? [];
      others.push({ ticket, orderId: this.ids.get(ticket) });
      held.set(buyer, others);
    }
    yield* held.values();
  }

  #contains(ticket: number, orderId: string): boolean {
    if (!isTicket(ticket, this.total)) return this.strays.get(ticket)?.has(orderId) === true;
    if (!this.ids.has(ticket)) return false;
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
