import type { LoggedReservation } from '../../domain/log-record.ts';
import { endsTurn } from '../turns.ts';
import { PackedIds } from './packed-ids.ts';
import { type HeldTicket, isTicket } from './ticket-holders.ts';

/** The reservations of a sale that are in the log, by ticket. */
export class LoggedReservations {
  /** By ticket, the latest settled order that was given it. */
  readonly latest: PackedIds;
  /** Orders that the settlement has not read yet. */
  readonly unsettled = new Set<string>();
  /** Settled orders that held their ticket before the latest one. */
  readonly #earlier = new PackedIds(0);
  readonly #earlierTickets: number[] = [];
  #reserved = 0;
  #tickets = 0;
  /** Tickets of settled orders beyond the first of each. */
  #further = 0;

  constructor(private readonly total: number) {
    this.latest = new PackedIds(total + 1);
  }

  /** The number of reserved tickets; one that was appended twice counts twice. */
  get reserved(): number {
    return this.#reserved;
  }

  /** The number of settled orders; one that was relayed after its ticket was sold again counts twice. */
  get orders(): number {
    return this.#tickets + this.#earlierTickets.length - this.#further;
  }

  add({ tickets, orderId }: Pick<LoggedReservation, 'tickets' | 'orderId'>, settled: boolean): void {
    this.#reserved += tickets.length;
    if (!settled) {
      this.unsettled.add(orderId);
      return;
    }
    for (const [n, ticket] of tickets.entries()) {
      if (this.#addSettled({ ticket, orderId }) && n > 0) this.#further += 1;
    }
  }

  /** False for a ticket that the order is known to have. */
  #addSettled({ ticket, orderId }: HeldTicket): boolean {
    if (!isTicket(ticket, this.total)) {
      this.#addEarlier({ ticket, orderId });
      return true;
    }
    const other = this.latest.get(ticket);
    if (other === orderId) return false;
    if (other === '') this.#tickets += 1;
    // Order ids sort by time.
    else this.#addEarlier({ ticket, orderId: other < orderId ? other : orderId });
    if (other < orderId) this.latest.set(ticket, orderId);
    return true;
  }

  /** Settled orders that are not the live orders of their tickets; `undefined` where a turn of the event loop may pass. */
  *except(live: PackedIds): Generator<HeldTicket | undefined> {
    for (let ticket = 1; ticket <= this.total; ticket += 1) {
      if (endsTurn(ticket)) yield undefined;
      if (this.latest.has(ticket) && !this.latest.same(ticket, live)) {
        yield { ticket, orderId: this.latest.get(ticket) };
      }
    }
    for (const [n, ticket] of this.#earlierTickets.entries()) yield { ticket, orderId: this.#earlier.get(n) };
  }

  #addEarlier({ ticket, orderId }: HeldTicket): void {
    this.#earlier.set(this.#earlierTickets.length, orderId);
    this.#earlierTickets.push(ticket);
  }
}
