import { gateOf, type SaleStatus } from '../../../src/domain/sale.ts';
import { type Stock, stockVersion } from '../../../src/domain/stock.ts';
import type { LedgerEntry, QueueSnapshot } from '../../../src/ports/audit-source.ts';
import type { KnownOrder } from '../../../src/ports/queue-recovery.ts';
import {
  ATTEMPT_WINDOW_MS,
  type ChangedSale,
  type ForfeitedOrder,
  MAX_HELD_NAMED,
  type QueuedSale,
  type ReserveAnswer,
  type ReserveItem,
  type StrandedReservation,
} from '../../../src/ports/ticket-queue.ts';

export interface Keyed {
  readonly fingerprint: string;
  readonly orderId: string;
  readonly tickets: readonly number[];
  readonly reservedAt: number;
}

/** Survivors of a recovery are due for the relay at once. */
const DUE_AT_ONCE = Number.NEGATIVE_INFINITY;

/**
 * One sale of a ticket queue. The caller passes the time, milliseconds since 1970. The simulator plants bugs in the
 * protected methods.
 */
export class MemoryQueueSale {
  closed = false;
  paused = false;
  /** Of the last change that was applied. */
  version = 0;
  /** Number of calls that took or returned tickets. */
  changes = 0;
  queue: number[];
  /** Order id -> reservation. */
  ledger = new Map<string, StrandedReservation>();
  /** Buyer and key -> the reservation that answers for it. */
  keys = new Map<string, Keyed>();
  /** Order id -> since when it is unpublished. */
  pending = new Map<string, number>();
  /** During a rebuild: rejected orders of the store, which have no key. */
  keyless = new Set<string>();
  /** Minute -> buyer -> number of attempts. */
  attempts = new Map<number, Map<string, number>>();

  /** Buyer -> how many of their orders were released. */
  ended = new Map<string, number>();

  constructor(
    public sale: QueuedSale,
    queue: readonly number[] = ticketsOf(sale),
  ) {
    this.queue = [...queue];
  }

  /** The number of tickets that orders hold. */
  get held(): number {
    return countOf(this.ledger.values());
  }

  get stock(): Stock {
    return { remaining: this.queue.length, version: stockVersion(this.sale.epoch, this.changes) };
  }

  reserve(items: readonly ReserveItem[], now: number, maxAttempts: number, maxEnded = 0): readonly ReserveAnswer[] {
    const before = this.queue.length;
    const answers = items.map((item) => this.#reserveOne(item, now, maxAttempts, maxEnded));
    if (this.queue.length < before) this.changes += 1;
    return answers;
  }

  update({ version, paused, closesAt, total }: ChangedSale): void {
    if (!this.isNewer(version)) return;
    this.version = version;
    this.paused = paused;
    const before = this.sale.total;
    this.sale = { ...this.sale, closesAt, total: Math.max(before, total) };
    if (total <= before) return;
    this.changes += 1;
    this.queue.push(...ticketsOf({ total }).slice(before));
  }

  claim(leaseMs: number, max: number, now: number): readonly StrandedReservation[] {
    const due = [...this.pending]
      .filter(([, since]) => now - since > leaseMs)
      .sort(([, a], [, b]) => a - b)
      .slice(0, max);
    for (const [orderId] of due) this.pending.set(orderId, now);
    return due.flatMap(([orderId]) => this.ledger.get(orderId) ?? []);
  }

  release(orderIds: readonly string[]): readonly string[] {
    const released = orderIds.filter((orderId) => this.releaseOne(orderId));
    if (released.length > 0) this.changes += 1;
    return released;
  }

  forfeit(orders: readonly ForfeitedOrder[]): void {
    const before = this.queue.length;
    for (const { orderId, tickets } of orders) {
      const held = this.ledger.get(orderId)?.tickets ?? [];
      this.ledger.delete(orderId);
      this.pending.delete(orderId);
      this.queue.push(...held.filter((ticket) => !tickets.includes(ticket)));
    }
    if (this.queue.length > before) this.changes += 1;
  }

  snapshot(): QueueSnapshot {
    const { sale, held, pending } = this;
    const { remaining, version } = this.stock;
    return {
      epoch: sale.epoch,
      version,
      total: sale.total,
      held,
      remaining,
      pending: pending.size,
    };
  }

  reservations(): readonly LedgerEntry[] {
    return [...this.ledger.values()].map(({ orderId, tickets, userId }) => {
      return { orderId, tickets, userId, published: !this.pending.has(orderId) };
    });
  }

  /** Adds an order of the store to a sale that is being rebuilt. */
  take({ live, orderId, tickets, userId, key, fingerprint, reservedAt }: KnownOrder): void {
    if (key === null) {
      this.keyless.add(orderId);
      return;
    }
    if (live) this.ledger.set(orderId, { orderId, tickets, userId, key, reservedAt });
    else if (!this.keys.has(fieldOf(userId, key))) this.#endOne(userId);
    this.keys.set(fieldOf(userId, key), { fingerprint, orderId, tickets, reservedAt });
  }

  /** Keeps reservations of the old queue that the store does not know, unless they conflict; returns how many. */
  keep(old: MemoryQueueSale): number {
    let survivors = 0;
    const taken = this.#taken();
    for (const held of old.ledger.values()) {
      const { orderId, tickets, userId, key } = held;
      const field = fieldOf(userId, key);
      const keyed = old.keys.get(field);
      if (keyed === undefined || this.keyless.has(orderId) || this.keys.has(field)) continue;
      if (tickets.some((ticket) => ticket > this.sale.total || taken.has(ticket))) continue;
      const own = [...this.ledger.values()].filter((other) => other.userId === userId);
      if (countOf(own) + tickets.length > this.sale.perBuyerLimit) continue;
      this.ledger.set(orderId, held);
      for (const ticket of tickets) taken.add(ticket);
      this.keys.set(field, keyed);
      this.pending.set(orderId, DUE_AT_ONCE);
      survivors += 1;
    }
    return survivors;
  }

  /** Puts all tickets that no reservation holds into the queue. */
  fill(): void {
    const taken = this.#taken();
    this.queue = ticketsOf(this.sale).filter((ticket) => !taken.has(ticket));
  }

  protected isPublished(orderId: string): boolean {
    return !this.pending.has(orderId);
  }

  /** Whether a buyer who holds these could not have so many more. */
  protected exceedsLimit(held: readonly StrandedReservation[], quantity: number): boolean {
    return countOf(held) + quantity > this.sale.perBuyerLimit;
  }

  /** Whether a purchase may get fewer tickets than it asks for. */
  protected sellsParts(): boolean {
    return false;
  }

  protected isMismatch(earlier: Keyed, fingerprint: string): boolean {
    return earlier.fingerprint !== fingerprint;
  }

  /** The tickets of a reservation whose key is used again. */
  protected repeated({ tickets }: Keyed): readonly number[] {
    return tickets;
  }

  /** Whether the sale is still to be changed to this version. */
  protected isNewer(version: number): boolean {
    return version > this.version;
  }

  protected status(): SaleStatus {
    if (this.closed) return 'closed';
    return this.paused ? 'paused' : 'published';
  }

  protected releaseOne(orderId: string): boolean {
    const held = this.ledger.get(orderId);
    if (held === undefined) return false;
    this.ledger.delete(orderId);
    this.pending.delete(orderId);
    this.queue.push(...held.tickets);
    this.#endOne(held.userId);
    return true;
  }

  #taken(): Set<number> {
    return new Set([...this.ledger.values()].flatMap(({ tickets }) => tickets));
  }

  #mayTry(userId: string, now: number, maxAttempts: number): boolean {
    const minute = Math.floor(now / ATTEMPT_WINDOW_MS);
    const counts = this.attempts.get(minute) ?? new Map<string, number>();
    const made = counts.get(userId) ?? 0;
    if (made >= maxAttempts) return false;
    this.attempts = new Map([[minute, counts.set(userId, made + 1)]]);
    return true;
  }

  #endOne(userId: string): void {
    this.ended.set(userId, (this.ended.get(userId) ?? 0) + 1);
  }

  #reserveOne(
    { orderId, userId, key, fingerprint, quantity }: ReserveItem,
    now: number,
    maxAttempts: number,
    maxEnded: number,
  ): ReserveAnswer {
    const { sale, queue, ledger, keys, pending } = this;
    const field = fieldOf(userId, key);
    const earlier = keys.get(field);
    if (earlier !== undefined) {
      if (this.isMismatch(earlier, fingerprint)) return { kind: 'keyMismatch' };
      const { orderId: firstId, reservedAt } = earlier;
      const tickets = this.repeated(earlier);
      if (firstId === orderId) return { kind: 'reserved', tickets, reservedAt };
      return { kind: 'replayed', orderId: firstId, tickets, reservedAt, published: this.isPublished(firstId) };
    }
    if (maxAttempts > 0 && !this.#mayTry(userId, now, maxAttempts)) {
      return { kind: 'tooManyAttempts', endsInMs: ATTEMPT_WINDOW_MS - (now % ATTEMPT_WINDOW_MS) };
    }
    const gate = gateOf({ ...sale, status: this.status() }, now);
    if (gate !== 'open') return { kind: gate };
    if (maxEnded > 0 && (this.ended.get(userId) ?? 0) >= maxEnded) return { kind: 'tooManyOrders' };
    const own = [...ledger.values()].filter((held) => held.userId === userId);
    if (this.exceedsLimit(own, quantity)) {
      return { kind: 'limitReached', orderIds: own.slice(0, MAX_HELD_NAMED).map((held) => held.orderId) };
    }
    const remaining = queue.length;
    if (remaining === 0) return { kind: 'soldOut' };
    if (remaining < quantity && !this.sellsParts()) return { kind: 'notEnoughLeft', remaining };
    const tickets = queue.splice(0, quantity).sort((a, b) => a - b);
    ledger.set(orderId, { orderId, tickets, userId, key, reservedAt: now });
    keys.set(field, { fingerprint, orderId, tickets, reservedAt: now });
    pending.set(orderId, now);
    return { kind: 'reserved', tickets, reservedAt: now };
  }
}

function countOf(reservations: Iterable<StrandedReservation>): number {
  let tickets = 0;
  for (const reservation of reservations) tickets += reservation.tickets.length;
  return tickets;
}

export function ticketsOf({ total }: Pick<QueuedSale, 'total'>): readonly number[] {
  return Array.from({ length: total }, (_, n) => n + 1);
}

/** The name of a buyer's key in `keys`. */
export function fieldOf(userId: string, key: string): string {
  return JSON.stringify([userId, key]);
}
