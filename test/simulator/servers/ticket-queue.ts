import { Fault } from '../../../src/domain/errors.ts';
import type { Stock } from '../../../src/domain/stock.ts';
import type { KnownOrder, QueueState, RebuiltSale, RecoveryStep } from '../../../src/ports/queue-recovery.ts';
import type {
  QueueAudit,
  QueuedSale,
  ReserveItem,
  ReserveReply,
  StrandedReservation,
  TicketQueue,
} from '../../../src/ports/ticket-queue.ts';
import { type Bugs, NO_BUGS } from '../bugs.ts';
import { beginRebuild, QueueSale } from './queue-sale.ts';

/** What the server keeps of a sale; all of it may be rewound. */
interface Kept {
  current: QueueSale | undefined;
  /** The incarnation of the server under which all that buyers were told is in `current`. */
  sound: number | 'lost' | undefined;
  /** What a recovery is building, under which epoch and incarnation. */
  next: { readonly epoch: number; readonly incarnation: number; readonly sale: QueueSale; filled: boolean } | undefined;
}

export interface QueueContents {
  readonly queue: readonly number[];
  readonly ledger: readonly StrandedReservation[];
  readonly pending: readonly string[];
}

export interface SimulatedQueueOptions {
  readonly bugs?: Bugs;
  /** Whether earlier states are kept, to be rewound to. */
  readonly remembers?: boolean;
}

type Stored = ReadonlyMap<string, Kept>;

/**
 * The ticket queue's server: each call whole, at one moment of its own clock. It may restart with its last changes lost,
 * or be emptied; then it refuses, as its scripts do, until a recovery has rebuilt each sale.
 */
export class SimulatedTicketQueue implements TicketQueue {
  #sales = new Map<string, Kept>();
  /** As of before each change. */
  #earlier: Stored[] = [];
  /** Changes with each start. */
  #incarnation = 1;
  /** Whether the scripts are loaded, and which incarnation they may be loaded into. */
  #serves = true;
  #declared: number | undefined = 1;
  readonly #bugs: Bugs;
  readonly #remembers: boolean;

  constructor(
    private readonly now: () => number,
    { bugs = NO_BUGS, remembers = false }: SimulatedQueueOptions = {},
  ) {
    this.#bugs = bugs;
    this.#remembers = remembers;
  }

  async load(sale: QueuedSale): Promise<void> {
    const kept = this.#guarded(sale.id);
    if (kept.current !== undefined) return;
    this.#remember();
    kept.current = new QueueSale(sale, this.#bugs);
    kept.sound = this.#incarnation;
  }

  async reserve(saleId: string, epoch: number, items: readonly ReserveItem[]): Promise<ReserveReply> {
    const { current } = this.#guarded(saleId);
    if (current === undefined) return { kind: 'unknownSale' };
    if (current.sale.epoch !== epoch && !this.#bugs.has('noEpoch')) return { kind: 'stale', epoch: current.sale.epoch };
    if (items.length < 1 || items.length > 256) throw new RangeError(`${items.length} items in a call`);
    this.#remember();
    return { kind: 'answered', answers: current.reserve(items, this.now()), stock: current.stock };
  }

  async published(saleId: string, epoch: number, orderIds: readonly string[]): Promise<void> {
    const { current } = this.#guarded(saleId);
    if (current === undefined || (current.sale.epoch !== epoch && !this.#bugs.has('publishedOfAnyEpoch'))) return;
    this.#remember();
    for (const orderId of orderIds) current.pending.delete(orderId);
  }

  async claimStranded(
    saleId: string,
    { leaseMs, max }: { readonly leaseMs: number; readonly max: number },
  ): Promise<readonly StrandedReservation[]> {
    const { current } = this.#guarded(saleId);
    this.#remember();
    return current?.claim(leaseMs, max, this.now()) ?? [];
  }

  async release(saleId: string, orderIds: readonly string[]): Promise<readonly string[]> {
    const { current } = this.#guarded(saleId);
    this.#remember();
    return current?.release(orderIds) ?? [];
  }

  async forfeit(saleId: string, orderIds: readonly string[]): Promise<void> {
    const { current } = this.#guarded(saleId);
    this.#remember();
    current?.forfeit(orderIds);
  }

  async close(saleId: string, epoch: number): Promise<void> {
    const { current } = this.#guarded(saleId);
    this.#remember();
    if (current?.sale.epoch === epoch) current.closed = true;
  }

  async stock(saleId: string): Promise<Stock | undefined> {
    return this.#guarded(saleId).current?.stock;
  }

  async find(saleId: string, orderId: string): Promise<StrandedReservation | undefined> {
    return this.#guarded(saleId).current?.ledger.get(orderId);
  }

  async audit(saleId: string): Promise<QueueAudit | undefined> {
    const { current } = this.#guarded(saleId);
    if (current === undefined) return undefined;
    const { sale, queue, ledger, pending } = current;
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

  // Recovery, call by call; see queue-recovery.ts.

  async state(saleId: string, epoch: number): Promise<QueueState> {
    const { current, sound } = this.#kept(saleId);
    if (sound !== undefined && sound !== this.#incarnation) return 'lost';
    if (current === undefined) return 'unknown';
    return sound === undefined || current.sale.epoch !== epoch ? 'lost' : 'sound';
  }

  async begin(sale: RebuiltSale): Promise<RecoveryStep<object> | 'ended'> {
    const kept = this.#kept(sale.id);
    const overtaken = this.#overtaken(kept, sale.epoch);
    if (overtaken !== undefined) return overtaken;
    this.#remember();
    kept.sound = 'lost';
    const next = beginRebuild(sale, kept.current, this.#bugs);
    kept.next = { epoch: sale.epoch, incarnation: this.#incarnation, sale: next, filled: false };
    return { kind: 'done' };
  }

  async takeOrders(saleId: string, epoch: number, orders: readonly KnownOrder[]): Promise<void> {
    const { sale } = this.#building(saleId, epoch);
    this.#remember();
    for (const order of orders) sale.take(order);
  }

  async keepAndFill(saleId: string, epoch: number): Promise<number> {
    const next = this.#building(saleId, epoch);
    this.#remember();
    const { current } = this.#kept(saleId);
    const survivors = current === undefined ? 0 : next.sale.keep(current);
    next.sale.fill();
    next.filled = true;
    return survivors;
  }

  async end(saleId: string, epoch: number): Promise<RecoveryStep<{ readonly held: number }>> {
    const kept = this.#kept(saleId);
    const overtaken = this.#overtaken(kept, epoch);
    if (overtaken === 'ended') return { kind: 'done', held: kept.current?.ledger.size ?? 0 };
    if (overtaken !== undefined) return overtaken;
    const { sale, filled } = this.#building(saleId, epoch);
    if (!filled) throw new Fault('corrupt', 'the queue is not complete');
    this.#remember();
    sale.gone.clear();
    kept.current = sale;
    kept.next = undefined;
    kept.sound = this.#incarnation;
    return { kind: 'done', held: sale.ledger.size };
  }

  async serves(): Promise<boolean> {
    this.#prepare();
    return this.#serves;
  }

  async declareSound(): Promise<void> {
    this.#declared = this.#incarnation;
    this.#serves = true;
  }

  // What may happen to it.

  /** It restarts, or a replica takes over; either without the last so many changes. */
  restart(lostChanges: number): void {
    this.#incarnation += 1;
    this.#serves = this.#bugs.has('noFence');
    this.rewind(lostChanges);
    if (!this.#bugs.has('noFence')) return;
    for (const kept of this.#sales.values()) if (kept.sound !== 'lost') kept.sound = this.#incarnation;
  }

  /** Loses its last changes behind everybody's back: no run of Redis does that, but a person may. */
  rewind(lostChanges: number): void {
    const place = Math.max(0, this.#earlier.length - lostChanges);
    const earlier = this.#earlier[place];
    this.#earlier = this.#earlier.slice(0, place);
    if (earlier !== undefined && lostChanges > 0) this.#sales = copyOf(earlier);
  }

  /** As a restart, for one sale. */
  doubt(saleId: string): void {
    this.#kept(saleId).sound = 'lost';
  }

  /** As `flush`, for one sale. */
  wipe(saleId: string): void {
    this.#sales.delete(saleId);
  }

  /** FLUSHALL: the scripts stay. */
  flush(): void {
    this.#remember();
    this.#sales = new Map();
    this.#declared = undefined;
  }

  /** What the sale's keys hold, for the audit at the end. */
  contents(saleId: string): QueueContents {
    const { queue = [], ledger = new Map(), pending = new Map() } = this.#sales.get(saleId)?.current ?? {};
    return { queue: [...queue], ledger: [...ledger.values()], pending: [...pending.keys()] };
  }

  isSound(saleId: string): boolean {
    const { sound, current } = this.#kept(saleId);
    return current !== undefined && sound === this.#incarnation;
  }

  #kept(saleId: string): Kept {
    const known = this.#sales.get(saleId);
    if (known !== undefined) return known;
    const fresh: Kept = { current: undefined, sound: undefined, next: undefined };
    this.#sales.set(saleId, fresh);
    return fresh;
  }

  /** As the fence that stands before each script. */
  #guarded(saleId: string): Kept {
    if (!this.#serves) {
      // Whoever misses the scripts loads them, if that may be done, and is refused for now.
      this.#prepare();
      throw new Fault('fenced', 'the scripts are not there');
    }
    const kept = this.#kept(saleId);
    if (kept.sound !== undefined && kept.sound !== this.#incarnation) {
      kept.sound = 'lost';
      throw new Fault('fenced', `${saleId} was last known to be sound under another incarnation`);
    }
    return kept;
  }

  #prepare(): void {
    this.#declared ??= this.#incarnation;
    if (this.#declared === this.#incarnation) this.#serves = true;
  }

  #overtaken(
    { current, next, sound }: Kept,
    epoch: number,
  ): 'ended' | { kind: 'superseded'; epoch: number } | undefined {
    const latest = Math.max(current?.sale.epoch ?? 0, next?.epoch ?? 0);
    if (latest > epoch) return { kind: 'superseded', epoch: latest };
    return current?.sale.epoch === epoch && sound === this.#incarnation ? 'ended' : undefined;
  }

  #building(saleId: string, epoch: number): NonNullable<Kept['next']> {
    const { next } = this.#kept(saleId);
    if (next === undefined || next.epoch !== epoch || next.incarnation !== this.#incarnation) {
      throw new Fault('fenced', 'what was being rebuilt is not there any more');
    }
    return next;
  }

  #remember(): void {
    if (this.#remembers) this.#earlier.push(copyOf(this.#sales));
  }
}

function copyOf(sales: Stored): Map<string, Kept> {
  const copies = new Map<string, Kept>();
  for (const [saleId, { current, sound, next }] of sales) {
    copies.set(saleId, { current: current?.copy(), sound, next: next && { ...next, sale: next.sale.copy() } });
  }
  return copies;
}
