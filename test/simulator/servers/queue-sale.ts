import { gateOf } from '../../../src/domain/sale.ts';
import { type Stock, stockVersion } from '../../../src/domain/stock.ts';
import type { KnownOrder, RebuiltSale } from '../../../src/ports/queue-recovery.ts';
import type { QueuedSale, ReserveAnswer, ReserveItem, StrandedReservation } from '../../../src/ports/ticket-queue.ts';
import type { Bugs } from '../bugs.ts';

export interface Keyed {
  readonly fingerprint: string;
  readonly orderId: string;
  readonly ticket: number;
  readonly reservedAt: number;
}

/** Survivors of a recovery are due for the relay at once. */
const LONG_AGO = 0;

/** What the queue keeps of one sale, and the decisions on it. Milliseconds since 1970 come from whoever calls. */
export class QueueSale {
  closed = false;
  changes = 0;
  queue: number[];
  /** Order id -> reservation. */
  ledger = new Map<string, StrandedReservation>();
  /** Buyer and key -> what they were given. */
  keys = new Map<string, Keyed>();
  /** Order id -> since when it waits to be published. */
  pending = new Map<string, number>();
  /** Of a sale that is being rebuilt: orders that the store knows and that lost their key. */
  gone = new Set<string>();

  constructor(
    readonly sale: QueuedSale,
    private readonly bugs: Bugs,
    queue: readonly number[] = Array.from({ length: sale.total }, (_, n) => n + 1),
  ) {
    this.queue = [...queue];
  }

  get stock(): Stock {
    return { remaining: this.queue.length, version: stockVersion(this.sale.epoch, this.changes) };
  }

  copy(): QueueSale {
    const copy = new QueueSale(this.sale, this.bugs, this.queue);
    copy.closed = this.closed;
    copy.changes = this.changes;
    copy.ledger = new Map(this.ledger);
    copy.keys = new Map(this.keys);
    copy.pending = new Map(this.pending);
    copy.gone = new Set(this.gone);
    return copy;
  }

  reserve(items: readonly ReserveItem[], now: number): readonly ReserveAnswer[] {
    const before = this.queue.length;
    const answers = items.map((item) => this.#reserveOne(item, now));
    if (this.queue.length < before) this.changes += 1;
    return answers;
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
    const released = orderIds.filter((orderId) => this.#releaseOne(orderId));
    if (released.length > 0) this.changes += 1;
    return released;
  }

  forfeit(orderIds: readonly string[]): void {
    for (const orderId of orderIds) {
      this.ledger.delete(orderId);
      this.pending.delete(orderId);
    }
  }

  /** An order of the store takes its place in a sale that is being rebuilt. */
  take({ live, orderId, ticket, userId, key, fingerprint, reservedAt }: KnownOrder): void {
    if (key === null) {
      this.gone.add(orderId);
      return;
    }
    if (live) this.ledger.set(orderId, { orderId, ticket, userId, key, reservedAt });
    this.keys.set(fieldOf(userId, key), { fingerprint, orderId, ticket, reservedAt });
  }

  /** Reservations of the old queue that the store does not know stay, if they are in nobody's way. */
  keep(old: QueueSale): number {
    let survivors = 0;
    for (const held of old.ledger.values()) {
      const { orderId, ticket, userId, key } = held;
      const field = fieldOf(userId, key);
      const keyed = old.keys.get(field);
      if (keyed === undefined || this.gone.has(orderId) || this.keys.has(field)) continue;
      const others = [...this.ledger.values()];
      if (ticket > this.sale.total || others.some((other) => other.ticket === ticket)) continue;
      const own = others.filter((other) => other.userId === userId);
      if (own.length > 0 && own.length >= this.sale.perBuyerLimit) continue;
      this.ledger.set(orderId, held);
      this.keys.set(field, keyed);
      this.pending.set(orderId, LONG_AGO);
      survivors += 1;
    }
    return survivors;
  }

  /** What nobody holds is free. */
  fill(): void {
    const held = new Set([...this.ledger.values()].map(({ ticket }) => ticket));
    if (this.bugs.has('rebuildForgetsLedger')) held.clear();
    this.queue = Array.from({ length: this.sale.total }, (_, n) => n + 1).filter((ticket) => !held.has(ticket));
  }

  #reserveOne({ orderId, userId, key, fingerprint }: ReserveItem, now: number): ReserveAnswer {
    const { sale, queue, ledger, keys, pending, bugs } = this;
    const field = fieldOf(userId, key);
    const earlier = keys.get(field);
    if (earlier !== undefined) {
      if (earlier.fingerprint !== fingerprint) return { kind: 'keyMismatch' };
      const { ticket, reservedAt } = earlier;
      if (earlier.orderId === orderId) return { kind: 'reserved', ticket, reservedAt };
      const published = bugs.has('replayUnpublished') || !pending.has(earlier.orderId);
      return { kind: 'replayed', orderId: earlier.orderId, ticket, reservedAt, published };
    }
    const gate = gateOf({ ...sale, status: this.closed ? 'closed' : 'published' }, now);
    if (gate !== 'open') return { kind: gate };
    const own = [...ledger.values()].filter((held) => held.userId === userId);
    if (own.length >= sale.perBuyerLimit && !bugs.has('limitNotChecked')) {
      return { kind: 'limitReached', orderIds: own.map((held) => held.orderId) };
    }
    const ticket = queue.shift();
    if (ticket === undefined) return { kind: 'soldOut' };
    ledger.set(orderId, { orderId, ticket, userId, key, reservedAt: now });
    keys.set(field, { fingerprint, orderId, ticket, reservedAt: now });
    pending.set(orderId, now);
    return { kind: 'reserved', ticket, reservedAt: now };
  }

  #releaseOne(orderId: string): boolean {
    const { queue, ledger, keys, pending, bugs } = this;
    const held = ledger.get(orderId);
    if (held === undefined) {
      const gone = [...keys.values()].find((keyed) => keyed.orderId === orderId);
      if (gone !== undefined && bugs.has('releaseTwice')) queue.push(gone.ticket);
      if (gone !== undefined && bugs.has('releaseByTicket')) {
        const other = [...ledger.values()].find(({ ticket }) => ticket === gone.ticket);
        if (other !== undefined) {
          ledger.delete(other.orderId);
          queue.push(other.ticket);
        }
      }
      return false;
    }
    ledger.delete(orderId);
    pending.delete(orderId);
    queue.push(held.ticket);
    if (bugs.has('keyForgottenOnRelease')) keys.delete(fieldOf(held.userId, held.key));
    return true;
  }
}

/** A sale that is being rebuilt: as it will be, without a free ticket yet. */
export function beginRebuild(sale: RebuiltSale, old: QueueSale | undefined, bugs: Bugs): QueueSale {
  const next = new QueueSale(sale, bugs, []);
  next.closed = sale.closed || (old?.closed ?? false);
  return next;
}

function fieldOf(userId: string, key: string): string {
  return JSON.stringify([userId, key]);
}
