import type { Stock } from '../../../src/domain/stock.ts';
import type {
  QueueAudit,
  QueuedSale,
  ReserveItem,
  ReserveReply,
  StrandedReservation,
  TicketQueue,
} from '../../../src/ports/ticket-queue.ts';
import { type Bugs, NO_BUGS } from '../bugs.ts';
import { QueueMemory } from './queue-memory.ts';
import { QueueRebuild } from './queue-rebuild.ts';
import { QueueSale } from './queue-sale.ts';

export interface SimulatedQueueOptions {
  readonly bugs?: Bugs;
  /** Whether earlier states are kept, to be rewound to. */
  readonly remembers?: boolean;
}

/**
 * The ticket queue's server: each call whole, at one moment of its own clock. When it has lost something it refuses, as its
 * scripts do, until a recovery has rebuilt each sale.
 */
export class SimulatedTicketQueue implements TicketQueue {
  readonly memory: QueueMemory;
  readonly rebuild: QueueRebuild;
  readonly #bugs: Bugs;

  constructor(
    private readonly now: () => number,
    { bugs = NO_BUGS, remembers = false }: SimulatedQueueOptions = {},
  ) {
    this.#bugs = bugs;
    this.memory = new QueueMemory(bugs, remembers);
    this.rebuild = new QueueRebuild(this.memory, bugs);
  }

  async load(sale: QueuedSale): Promise<void> {
    const kept = this.memory.guarded(sale.id);
    if (kept.current !== undefined) return;
    this.memory.remember();
    kept.current = new QueueSale(sale, this.#bugs);
    kept.sound = this.memory.incarnation;
  }

  async reserve(saleId: string, epoch: number, items: readonly ReserveItem[]): Promise<ReserveReply> {
    const { current } = this.memory.guarded(saleId);
    if (current === undefined) return { kind: 'unknownSale' };
    if (current.sale.epoch !== epoch && !this.#bugs.has('noEpoch')) return { kind: 'stale', epoch: current.sale.epoch };
    if (items.length < 1 || items.length > 256) throw new RangeError(`${items.length} items in a call`);
    this.memory.remember();
    return { kind: 'answered', answers: current.reserve(items, this.now()), stock: current.stock };
  }

  async published(saleId: string, epoch: number, orderIds: readonly string[]): Promise<void> {
    const { current } = this.memory.guarded(saleId);
    const anyEpoch = this.#bugs.has('noEpoch') || this.#bugs.has('publishedOfAnyEpoch');
    if (current === undefined || (current.sale.epoch !== epoch && !anyEpoch)) return;
    this.memory.remember();
    for (const orderId of orderIds) current.pending.delete(orderId);
  }

  async claimStranded(
    saleId: string,
    { leaseMs, max }: { readonly leaseMs: number; readonly max: number },
  ): Promise<readonly StrandedReservation[]> {
    const { current } = this.memory.guarded(saleId);
    this.memory.remember();
    return current?.claim(leaseMs, max, this.now()) ?? [];
  }

  async release(saleId: string, orderIds: readonly string[]): Promise<readonly string[]> {
    const { current } = this.memory.guarded(saleId);
    this.memory.remember();
    return current?.release(orderIds) ?? [];
  }

  async forfeit(saleId: string, orderIds: readonly string[]): Promise<void> {
    const { current } = this.memory.guarded(saleId);
    this.memory.remember();
    current?.forfeit(orderIds);
  }

  async close(saleId: string, epoch: number): Promise<void> {
    const { current } = this.memory.guarded(saleId);
    this.memory.remember();
    if (current?.sale.epoch === epoch) current.closed = true;
  }

  async stock(saleId: string): Promise<Stock | undefined> {
    return this.memory.guarded(saleId).current?.stock;
  }

  async find(saleId: string, orderId: string): Promise<StrandedReservation | undefined> {
    return this.memory.guarded(saleId).current?.ledger.get(orderId);
  }

  async audit(saleId: string): Promise<QueueAudit | undefined> {
    const { current } = this.memory.guarded(saleId);
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
}
