import { gateOf, type SaleStatus } from '../../../src/domain/sale.ts';
import { type Stock, stockVersion } from '../../../src/domain/stock.ts';
import type { LedgerEntry, QueueSnapshot } from '../../../src/ports/audit-source.ts';
import type { KnownOrder } from '../../../src/ports/queue-recovery.ts';
import {
  ATTEMPT_WINDOW_MS,
  type ChangedSale,
  MAX_HELD_NAMED,
  type QueuedSale,
  type ReserveAnswer,
  type ReserveItem,
  type StrandedReservation,
} from '../../../src/ports/ticket-queue.ts';

export interface Keyed {
  readonly fingerprint: string;
  readonly orderId: string;
  readonly ticket: number;
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
    if (version <= this.version) return;
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

  forfeit(orderIds: readonly string[]): void {
    for (const orderId of orderIds) {
      this.ledger.delete(orderId);
      this.pending.delete(orderId);
    }
  }

  snapshot(): QueueSnapshot {
    const { sale, ledger, pending } = this;
    const { remaining, version } = this.stock;
    return {
      epoch: sale.epoch,
      version,
      total: sale.total,
      held: ledger.size,
      remaining,
      pending: pending.size,
    };
  }

  reservations(): readonly LedgerEntry[] {
    return [...this.ledger.values()].map(({ orderId, ticket, userId }) => {
      return { orderId, ticket, userId, published: !this.pending.has(orderId) };
    });
  }

  /** Adds an order of the store to a sale that is being rebuilt. */
  take({ live, orderId, ticket, userId, key, fingerprint, reservedAt }: KnownOrder): void {
    if (key === null) {
      this.keyless.add(orderId);
      return;
    }
    if (live) this.ledger.set(orderId, { orderId, ticket, userId, key, reservedAt });
    else if (!this.keys.has(fieldOf(userId, key))) this.#endOne(userId);
    this.keys.set(fieldOf(userId, key), { fingerprint, orderId, ticket, reservedAt });
  }

  /** Keeps reservations of the old queue that the store does not know, unless they conflict; returns how many. */
  keep(old: MemoryQueueSale): number {
    let survivors = 0;
    for (const held of old.ledger.values()) {
      const { orderId, ticket, userId, key } = held;
      const field = fieldOf(userId, key);
      const keyed = old.keys.get(field);
      if (keyed === undefined || this.keyless.has(orderId) || this.keys.has(field)) continue;
      const others = [...this.ledger.values()];
      if (ticket > this.sale.total || others.some((other) => other.ticket === ticket)) continue;
      const own = others.filter((other) => other.userId === userId);
      if (own.length > 0 && own.length >= this.sale.perBuyerLimit) continue;
      this.ledger.set(orderId, held);
      this.keys.set(field, keyed);
      this.pending.set(orderId, DUE_AT_ONCE);
      survivors += 1;
    }
    return survivors;
  }

  /** Puts all tickets that no reservation holds into the queue. */
  fill(): void {
    const held = new Set([...this.ledger.values()].map(({ ticket }) => ticket));
    this.queue = ticketsOf(this.sale).filter((ticket) => !held.has(ticket));
  }

  protected isPublished(orderId: string): boolean {
    return !this.pending.has(orderId);
  }

  protected isAtLimit(held: number): boolean {
    return held >= this.sale.perBuyerLimit;
  }

  protected releaseOne(orderId: string): boolean {
    const held = this.ledger.get(orderId);
    if (held === undefined) return false;
    this.ledger.delete(orderId);
    this.pending.delete(orderId);
    this.queue.push(held.ticket);
    this.#endOne(held.userId);
    return true;
  }

  #status(): SaleStatus {
    if (this.closed) return 'closed';
    return this.paused ? 'paused' : 'published';
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
    { orderId, userId, key, fingerprint }: ReserveItem,
    now: number,
    maxAttempts: number,
    maxEnded: number,
  ): ReserveAnswer {
    const { sale, queue, ledger, keys, pending } = this;
    const field = fieldOf(userId, key);
    const earlier = keys.get(field);
    if (earlier !== undefined) {
      if (earlier.fingerprint !== fingerprint) return { kind: 'keyMismatch' };
      const { orderId: firstId, ticket, reservedAt } = earlier;
      if (firstId === orderId) return { kind: 'reserved', ticket, reservedAt };
      return { kind: 'replayed', orderId: firstId, ticket, reservedAt, published: this.isPublished(firstId) };
    }
    if (maxAttempts > 0 && !this.#mayTry(userId, now, maxAttempts)) {
      return { kind: 'tooManyAttempts', endsInMs: ATTEMPT_WINDOW_MS - (now % ATTEMPT_WINDOW_MS) };
    }
    const gate = gateOf({ ...sale, status: this.#status() }, now);
    if (gate !== 'open') return { kind: gate };
    if (maxEnded > 0 && (this.ended.get(userId) ?? 0) >= maxEnded) return { kind: 'tooManyOrders' };
    const own = [...ledger.values()].filter((held) => held.userId === userId);
    if (this.isAtLimit(own.length)) {
      return { kind: 'limitReached', orderIds: own.slice(0, MAX_HELD_NAMED).map((held) => held.orderId) };
    }
    const ticket = queue.shift();
    if (ticket === undefined) return { kind: 'soldOut' };
    ledger.set(orderId, { orderId, ticket, userId, key, reservedAt: now });
    keys.set(field, { fingerprint, orderId, ticket, reservedAt: now });
    pending.set(orderId, now);
    return { kind: 'reserved', ticket, reservedAt: now };
  }
}

export function ticketsOf({ total }: Pick<QueuedSale, 'total'>): readonly number[] {
  return Array.from({ length: total }, (_, n) => n + 1);
}

/** The name of a buyer's key in `keys`. */
export function fieldOf(userId: string, key: string): string {
  return JSON.stringify([userId, key]);
}
