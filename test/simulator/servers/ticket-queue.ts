import { gateOf } from '../../../src/domain/sale.ts';
import { type Stock, stockVersion } from '../../../src/domain/stock.ts';
import type {
  QueueAudit,
  QueuedSale,
  ReserveAnswer,
  ReserveItem,
  ReserveReply,
  StrandedReservation,
  TicketQueue,
} from '../../../src/ports/ticket-queue.ts';
import { type Bugs, NO_BUGS } from '../bugs.ts';

interface Keyed {
  readonly fingerprint: string;
  readonly orderId: string;
  readonly ticket: number;
  readonly reservedAt: number;
}

interface Keys {
  sale: QueuedSale;
  closed: boolean;
  changes: number;
  queue: number[];
  /** Order id -> reservation, as the ledger names it. */
  readonly ledger: Map<string, StrandedReservation>;
  readonly keys: Map<string, Keyed>;
  /** Order id -> since when it waits to be published. */
  readonly pending: Map<string, number>;
}

export interface QueueContents {
  readonly queue: readonly number[];
  readonly ledger: readonly StrandedReservation[];
  readonly pending: readonly string[];
}

/** The ticket queue's decisions, as its scripts take them: each call whole, at one moment of the queue's own clock. */
export class SimulatedTicketQueue implements TicketQueue {
  readonly #sales = new Map<string, Keys>();

  constructor(
    private readonly now: () => number,
    private readonly bugs: Bugs = NO_BUGS,
  ) {}

  async load(sale: QueuedSale): Promise<void> {
    if (this.#sales.has(sale.id)) return;
    this.#sales.set(sale.id, {
      sale,
      closed: false,
      changes: 0,
      queue: Array.from({ length: sale.total }, (_, n) => n + 1),
      ledger: new Map(),
      keys: new Map(),
      pending: new Map(),
    });
  }

  async reserve(saleId: string, epoch: number, items: readonly ReserveItem[]): Promise<ReserveReply> {
    const keys = this.#sales.get(saleId);
    if (keys === undefined) return { kind: 'unknownSale' };
    if (keys.sale.epoch !== epoch) return { kind: 'stale', epoch: keys.sale.epoch };
    if (items.length < 1 || items.length > 256) throw new RangeError(`${items.length} items in a call`);
    const before = keys.queue.length;
    const answers = items.map((item) => this.#reserveOne(keys, item));
    if (keys.queue.length < before) keys.changes += 1;
    return { kind: 'answered', answers, stock: stockOf(keys) };
  }

  async published(saleId: string, epoch: number, orderIds: readonly string[]): Promise<void> {
    const keys = this.#sales.get(saleId);
    if (keys?.sale.epoch !== epoch) return;
    for (const orderId of orderIds) keys.pending.delete(orderId);
  }

  async claimStranded(
    saleId: string,
    { leaseMs, max }: { readonly leaseMs: number; readonly max: number },
  ): Promise<readonly StrandedReservation[]> {
    const { pending, ledger } = this.#sales.get(saleId) ?? NOTHING;
    const now = this.now();
    const due = [...pending]
      .filter(([, since]) => now - since > leaseMs)
      .sort(([, a], [, b]) => a - b)
      .slice(0, max);
    for (const [orderId] of due) pending.set(orderId, now);
    return due.flatMap(([orderId]) => ledger.get(orderId) ?? []);
  }

  async release(saleId: string, orderIds: readonly string[]): Promise<readonly string[]> {
    const keys = this.#sales.get(saleId);
    if (keys === undefined) return [];
    const released = orderIds.filter((orderId) => this.#releaseOne(keys, orderId));
    if (released.length > 0) keys.changes += 1;
    return released;
  }

  async forfeit(saleId: string, orderIds: readonly string[]): Promise<void> {
    const { ledger, pending } = this.#sales.get(saleId) ?? NOTHING;
    for (const orderId of orderIds) {
      ledger.delete(orderId);
      pending.delete(orderId);
    }
  }

  async close(saleId: string, epoch: number): Promise<void> {
    const keys = this.#sales.get(saleId);
    if (keys?.sale.epoch === epoch) keys.closed = true;
  }

  async stock(saleId: string): Promise<Stock | undefined> {
    const keys = this.#sales.get(saleId);
    return keys && stockOf(keys);
  }

  async find(saleId: string, orderId: string): Promise<StrandedReservation | undefined> {
    return this.#sales.get(saleId)?.ledger.get(orderId);
  }

  async audit(saleId: string): Promise<QueueAudit | undefined> {
    const keys = this.#sales.get(saleId);
    if (keys === undefined) return undefined;
    const { sale, queue, ledger, pending } = keys;
    const tickets = [...queue, ...[...ledger.values()].map(({ ticket }) => ticket)];
    return {
      epoch: sale.epoch,
      held: ledger.size,
      heldByBuyers: ledger.size,
      remaining: queue.length,
      pending: pending.size,
      doubled: [...new Set(tickets.filter((ticket, n) => tickets.indexOf(ticket) !== n))].sort((a, b) => a - b),
    };
  }

  async ping(): Promise<void> {}

  /** What the sale's keys hold, for the audit at the end. */
  contents(saleId: string): QueueContents {
    const { queue, ledger, pending } = this.#sales.get(saleId) ?? NOTHING;
    return { queue: [...queue], ledger: [...ledger.values()], pending: [...pending.keys()] };
  }

  #reserveOne(all: Keys, { orderId, userId, key, fingerprint }: ReserveItem): ReserveAnswer {
    const { sale, queue, ledger, keys, pending } = all;
    const field = JSON.stringify([userId, key]);
    const earlier = keys.get(field);
    if (earlier !== undefined) {
      if (earlier.fingerprint !== fingerprint) return { kind: 'keyMismatch' };
      const { ticket, reservedAt } = earlier;
      if (earlier.orderId === orderId) return { kind: 'reserved', ticket, reservedAt };
      const published = !pending.has(earlier.orderId);
      return { kind: 'replayed', orderId: earlier.orderId, ticket, reservedAt, published };
    }
    const now = this.now();
    const gate = gateOf({ ...sale, status: all.closed ? 'closed' : 'published' }, now);
    if (gate !== 'open') return { kind: gate };
    const own = [...ledger.values()].filter((held) => held.userId === userId);
    if (own.length >= sale.perBuyerLimit && !this.bugs.has('limitNotChecked')) {
      return { kind: 'limitReached', orderIds: own.map((held) => held.orderId) };
    }
    const ticket = queue.shift();
    if (ticket === undefined) return { kind: 'soldOut' };
    ledger.set(orderId, { orderId, ticket, userId, key, reservedAt: now });
    keys.set(field, { fingerprint, orderId, ticket, reservedAt: now });
    pending.set(orderId, now);
    return { kind: 'reserved', ticket, reservedAt: now };
  }

  #releaseOne({ queue, ledger, keys, pending }: Keys, orderId: string): boolean {
    const held = ledger.get(orderId);
    if (held === undefined) {
      const gone = [...keys.values()].find((keyed) => keyed.orderId === orderId);
      if (gone !== undefined && this.bugs.has('releaseTwice')) queue.push(gone.ticket);
      if (gone !== undefined && this.bugs.has('releaseByTicket')) {
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
    if (this.bugs.has('keyForgottenOnRelease')) keys.delete(JSON.stringify([held.userId, held.key]));
    return true;
  }
}

const NOTHING: Pick<Keys, 'queue' | 'ledger' | 'pending'> = { queue: [], ledger: new Map(), pending: new Map() };

function stockOf({ sale, changes, queue }: Keys): Stock {
  return { remaining: queue.length, version: stockVersion(sale.epoch, changes) };
}
