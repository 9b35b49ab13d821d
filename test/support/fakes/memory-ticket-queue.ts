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

interface Held extends StrandedReservation {
  /** When it was taken or last claimed, as long as nobody has proved it published. */
  pendingSince: number | undefined;
}

interface State {
  sale: QueuedSale;
  closed: boolean;
  /** Calls that took or returned tickets. */
  changes: number;
  readonly free: number[];
  readonly ledger: Map<string, Held>;
  readonly keys: Map<string, { readonly fingerprint: string; readonly reservation: StrandedReservation }>;
}

/** The ticket queue's rules in plain memory, on a clock of the test's. */
export class MemoryTicketQueue implements TicketQueue {
  readonly #sales = new Map<string, State>();

  constructor(private readonly now: () => number) {}

  async load(sale: QueuedSale): Promise<void> {
    if (this.#sales.has(sale.id)) return;
    const free = Array.from({ length: sale.total }, (_, n) => n + 1);
    this.#sales.set(sale.id, { sale, closed: false, changes: 0, free, ledger: new Map(), keys: new Map() });
  }

  /** As after a recovery: the same reservations, under the next epoch. */
  raiseEpoch(saleId: string): number {
    const state = this.#sales.get(saleId);
    if (state === undefined) throw new Error(`the test never loaded the sale ${saleId}`);
    state.sale = { ...state.sale, epoch: state.sale.epoch + 1 };
    return state.sale.epoch;
  }

  async reserve(saleId: string, epoch: number, items: readonly ReserveItem[]): Promise<ReserveReply> {
    const state = this.#sales.get(saleId);
    if (state === undefined) return { kind: 'unknownSale' };
    if (state.sale.epoch !== epoch) return { kind: 'stale', epoch: state.sale.epoch };
    if (items.length < 1 || items.length > 256) throw new RangeError(`${items.length} items in a call`);
    const before = state.free.length;
    const answers = items.map((item) => this.#reserveOne(state, item));
    if (state.free.length < before) state.changes += 1;
    return { kind: 'answered', answers, stock: stockOf(state) };
  }

  async published(saleId: string, epoch: number, orderIds: readonly string[]): Promise<void> {
    const state = this.#sales.get(saleId);
    if (state?.sale.epoch !== epoch) return;
    for (const orderId of orderIds) {
      const held = state.ledger.get(orderId);
      if (held !== undefined) held.pendingSince = undefined;
    }
  }

  async claimStranded(
    saleId: string,
    { leaseMs, max }: { readonly leaseMs: number; readonly max: number },
  ): Promise<readonly StrandedReservation[]> {
    const now = this.now();
    const due = [...(this.#sales.get(saleId)?.ledger.values() ?? [])]
      .filter(({ pendingSince }) => pendingSince !== undefined && now - pendingSince > leaseMs)
      .sort((a, b) => (a.pendingSince ?? 0) - (b.pendingSince ?? 0))
      .slice(0, max);
    for (const held of due) held.pendingSince = now;
    return due.map(({ pendingSince: _, ...reservation }) => reservation);
  }

  async release(saleId: string, orderIds: readonly string[]): Promise<readonly string[]> {
    const state = this.#sales.get(saleId);
    if (state === undefined) return [];
    const { ledger, free } = state;
    const released = orderIds.filter((orderId) => {
      const held = ledger.get(orderId);
      if (held !== undefined) free.push(held.ticket);
      return ledger.delete(orderId);
    });
    if (released.length > 0) state.changes += 1;
    return released;
  }

  async forfeit(saleId: string, orderIds: readonly string[]): Promise<void> {
    for (const orderId of orderIds) this.#sales.get(saleId)?.ledger.delete(orderId);
  }

  async close(saleId: string, epoch: number): Promise<void> {
    const state = this.#sales.get(saleId);
    if (state?.sale.epoch === epoch) state.closed = true;
  }

  async stock(saleId: string): Promise<Stock | undefined> {
    const state = this.#sales.get(saleId);
    return state && stockOf(state);
  }

  async find(saleId: string, orderId: string): Promise<StrandedReservation | undefined> {
    const held = this.#sales.get(saleId)?.ledger.get(orderId);
    if (held === undefined) return undefined;
    const { pendingSince: _, ...reservation } = held;
    return reservation;
  }

  async audit(saleId: string): Promise<QueueAudit | undefined> {
    const state = this.#sales.get(saleId);
    if (state === undefined) return undefined;
    const { sale, free, ledger } = state;
    const held = [...ledger.values()];
    const tickets = [...free, ...held.map(({ ticket }) => ticket)];
    return {
      epoch: sale.epoch,
      held: held.length,
      heldByBuyers: held.length,
      remaining: free.length,
      pending: held.filter(({ pendingSince }) => pendingSince !== undefined).length,
      doubled: tickets.filter((ticket, n) => tickets.indexOf(ticket) !== n),
    };
  }

  async ping(): Promise<void> {}

  #reserveOne(state: State, { orderId, userId, key, fingerprint }: ReserveItem): ReserveAnswer {
    const { sale, free, ledger, keys } = state;
    const earlier = keys.get(JSON.stringify([userId, key]));
    if (earlier !== undefined) {
      if (earlier.fingerprint !== fingerprint) return { kind: 'keyMismatch' };
      const { ticket, reservedAt, orderId: firstId } = earlier.reservation;
      if (firstId === orderId) return { kind: 'reserved', ticket, reservedAt };
      const published = ledger.get(firstId)?.pendingSince === undefined;
      return { kind: 'replayed', orderId: firstId, ticket, reservedAt, published };
    }
    const gate = gateOf({ ...sale, status: state.closed ? 'closed' : 'published' }, this.now());
    if (gate !== 'open') return { kind: gate };
    const own = [...ledger.values()].filter((held) => held.userId === userId);
    if (own.length >= sale.perBuyerLimit) return { kind: 'limitReached', orderIds: own.map((held) => held.orderId) };
    const ticket = free.shift();
    if (ticket === undefined) return { kind: 'soldOut' };
    const reservation = { orderId, ticket, userId, key, reservedAt: this.now() };
    ledger.set(orderId, { ...reservation, pendingSince: this.now() });
    keys.set(JSON.stringify([userId, key]), { fingerprint, reservation });
    return { kind: 'reserved', ticket, reservedAt: reservation.reservedAt };
  }
}

function stockOf({ sale, changes, free }: State): Stock {
  return { remaining: free.length, version: stockVersion(sale.epoch, changes) };
}
