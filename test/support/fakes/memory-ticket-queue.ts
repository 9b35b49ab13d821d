import { Fault } from '../../../src/domain/errors.ts';
import { gateOf } from '../../../src/domain/sale.ts';
import { type Stock, stockVersion } from '../../../src/domain/stock.ts';
import type {
  KnownOrder,
  QueueRecovery,
  QueueState,
  RebuildResult,
  RebuiltSale,
  RecoveryStep,
} from '../../../src/ports/queue-recovery.ts';
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
export class MemoryTicketQueue implements TicketQueue, QueueRecovery {
  readonly #sales = new Map<string, State>();
  /** Sales whose fence is closed. */
  readonly #lost = new Set<string>();
  /** The epoch that each sale was last sealed for. */
  readonly #sealed = new Map<string, number>();
  /** What `serves` says. */
  serving = true;
  replicated = false;

  constructor(private readonly now: () => number) {}

  async load(sale: QueuedSale): Promise<void> {
    if (this.#open(sale.id) !== undefined) return;
    const free = Array.from({ length: sale.total }, (_, n) => n + 1);
    this.#sales.set(sale.id, { sale, closed: false, changes: 0, free, ledger: new Map(), keys: new Map() });
  }

  /** As after a recovery: the same reservations, under the next epoch. */
  raiseEpoch(saleId: string): number {
    const state = this.#open(saleId);
    if (state === undefined) throw new Error(`the test never loaded the sale ${saleId}`);
    state.sale = { ...state.sale, epoch: state.sale.epoch + 1 };
    return state.sale.epoch;
  }

  async reserve(saleId: string, epoch: number, items: readonly ReserveItem[]): Promise<ReserveReply> {
    const state = this.#open(saleId);
    if (state === undefined) return { kind: 'unknownSale' };
    if (state.sale.epoch !== epoch) return { kind: 'stale', epoch: state.sale.epoch };
    if (items.length < 1 || items.length > 256) throw new RangeError(`${items.length} items in a call`);
    const before = state.free.length;
    const answers = items.map((item) => this.#reserveOne(state, item));
    if (state.free.length < before) state.changes += 1;
    return { kind: 'answered', answers, stock: stockOf(state) };
  }

  async published(saleId: string, epoch: number, orderIds: readonly string[]): Promise<void> {
    const state = this.#open(saleId);
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
    const due = [...(this.#open(saleId)?.ledger.values() ?? [])]
      .filter(({ pendingSince }) => pendingSince !== undefined && now - pendingSince > leaseMs)
      .sort((a, b) => (a.pendingSince ?? 0) - (b.pendingSince ?? 0))
      .slice(0, max);
    for (const held of due) held.pendingSince = now;
    return due.map(({ pendingSince: _, ...reservation }) => reservation);
  }

  async release(saleId: string, orderIds: readonly string[]): Promise<readonly string[]> {
    const state = this.#open(saleId);
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
    for (const orderId of orderIds) this.#open(saleId)?.ledger.delete(orderId);
  }

  async close(saleId: string, epoch: number): Promise<void> {
    const state = this.#open(saleId);
    if (state?.sale.epoch === epoch) state.closed = true;
  }

  async stock(saleId: string): Promise<Stock | undefined> {
    const state = this.#open(saleId);
    return state && stockOf(state);
  }

  async find(saleId: string, orderId: string): Promise<StrandedReservation | undefined> {
    const held = this.#open(saleId)?.ledger.get(orderId);
    if (held === undefined) return undefined;
    const { pendingSince: _, ...reservation } = held;
    return reservation;
  }

  async audit(saleId: string): Promise<QueueAudit | undefined> {
    const state = this.#open(saleId);
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

  /** As after a restart: what it holds may be behind what it answered. */
  lose(saleId: string): void {
    this.#lost.add(saleId);
  }

  /** As after FLUSHALL. */
  wipe(saleId: string): void {
    this.#lost.delete(saleId);
    this.#sales.delete(saleId);
    this.#sealed.delete(saleId);
  }

  async state(saleId: string, epoch: number): Promise<QueueState> {
    if (this.#lost.has(saleId)) return 'lost';
    const state = this.#sales.get(saleId);
    if (state === undefined) return 'unknown';
    return state.sale.epoch === epoch ? 'sound' : 'lost';
  }

  async seal({ id, epoch }: RebuiltSale): Promise<RecoveryStep<{ readonly replicated: boolean }>> {
    const latest = Math.max(this.#sealed.get(id) ?? 0, this.#sales.get(id)?.sale.epoch ?? 0);
    if (latest > epoch) return { kind: 'superseded', epoch: latest };
    if ((await this.state(id, epoch)) !== 'sound') this.#lost.add(id);
    this.#sealed.set(id, epoch);
    return { kind: 'done', replicated: this.replicated };
  }

  async rebuild(
    { closed, ...sale }: RebuiltSale,
    orders: AsyncIterable<readonly KnownOrder[]>,
  ): Promise<RecoveryStep<RebuildResult>> {
    const sealed = await this.seal({ closed, ...sale });
    if (sealed.kind === 'superseded') return sealed;
    if ((await this.state(sale.id, sale.epoch)) === 'sound') return { kind: 'done', ...this.#counts(sale.id) };
    const old = this.#sales.get(sale.id);
    const fresh: State = {
      sale,
      closed: closed || old?.closed === true,
      changes: 0,
      free: [],
      ledger: new Map(),
      keys: new Map(),
    };
    const gone = new Set<string>();
    for await (const chunk of orders) {
      for (const { live, fingerprint, key, ...rest } of chunk) {
        if (key === null) gone.add(rest.orderId);
        else place(fresh, { ...rest, key }, { fingerprint, live, pendingSince: undefined });
      }
    }
    if (this.#sealed.get(sale.id) !== sale.epoch) return this.rebuild({ closed, ...sale }, orders);
    for (const { pendingSince: _, ...held } of old?.ledger.values() ?? []) {
      const keyed = old?.keys.get(JSON.stringify([held.userId, held.key]));
      if (keyed === undefined || gone.has(held.orderId) || !mayStay(fresh, held)) continue;
      place(fresh, held, { fingerprint: keyed.fingerprint, live: true, pendingSince: Number.NEGATIVE_INFINITY });
    }
    const taken = new Set([...fresh.ledger.values()].map(({ ticket }) => ticket));
    for (let ticket = 1; ticket <= sale.total; ticket += 1) if (!taken.has(ticket)) fresh.free.push(ticket);
    this.#sales.set(sale.id, fresh);
    this.#lost.delete(sale.id);
    return { kind: 'done', ...this.#counts(sale.id) };
  }

  async serves(): Promise<boolean> {
    return this.serving;
  }

  async declareSound(): Promise<void> {
    this.serving = true;
  }

  #counts(saleId: string): RebuildResult {
    const held = [...(this.#sales.get(saleId)?.ledger.values() ?? [])];
    return { held: held.length, survivors: held.filter(({ pendingSince }) => pendingSince !== undefined).length };
  }

  /** Errors: Fault `fenced`. */
  #open(saleId: string): State | undefined {
    if (this.#lost.has(saleId)) throw new Fault('fenced', `the sale ${saleId} was lost`);
    return this.#sales.get(saleId);
  }

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

function place(
  { ledger, keys }: State,
  reservation: StrandedReservation,
  { fingerprint, live, pendingSince }: { fingerprint: string; live: boolean; pendingSince: number | undefined },
): void {
  if (live) ledger.set(reservation.orderId, { ...reservation, pendingSince });
  keys.set(JSON.stringify([reservation.userId, reservation.key]), { fingerprint, reservation });
}

function mayStay({ sale, ledger, keys }: State, { userId, key, ticket }: StrandedReservation): boolean {
  const held = [...ledger.values()];
  return (
    !keys.has(JSON.stringify([userId, key])) &&
    held.every((other) => other.ticket !== ticket) &&
    held.filter((other) => other.userId === userId).length < sale.perBuyerLimit
  );
}
