import type { Stock } from '../../../src/domain/stock.ts';
import type { QueueAuditSource } from '../../../src/ports/audit-source.ts';
import type {
  ChangedSale,
  ForfeitedOrder,
  QueuedSale,
  ReserveItem,
  ReserveReply,
  StrandedReservation,
  TicketQueue,
} from '../../../src/ports/ticket-queue.ts';
import type { MemoryQueueSale } from './memory-queue-sale.ts';

/** The calls of a ticket queue, each atomic, by the queue's own clock. Subclasses store the sales. */
export abstract class MemoryQueueCalls implements TicketQueue {
  /** One page for each sale. Errors: Fault `fenced`. */
  readonly auditSource: QueueAuditSource = {
    snapshot: async (saleId) => this.open(saleId)?.snapshot(),
    reservations: async function* (this: MemoryQueueCalls, saleId: string) {
      yield this.open(saleId)?.reservations() ?? [];
    }.bind(this),
    queued: async function* (this: MemoryQueueCalls, saleId: string) {
      yield this.open(saleId)?.queue ?? [];
    }.bind(this),
    heldByBuyers: async (saleId) => this.open(saleId)?.held ?? 0,
  };

  constructor(private readonly now: () => number) {}

  abstract load(sale: QueuedSale): Promise<void>;

  abstract remove(saleId: string): Promise<void>;

  /** Errors: Fault `fenced`. */
  protected abstract open(saleId: string): MemoryQueueSale | undefined;

  async reserve(
    saleId: string,
    epoch: number,
    items: readonly ReserveItem[],
    maxAttempts = 0,
    maxEnded = 0,
  ): Promise<ReserveReply> {
    const sale = this.open(saleId);
    if (sale === undefined) return { kind: 'unknownSale' };
    if (!this.maySell(sale, epoch)) return { kind: 'stale', epoch: sale.sale.epoch };
    if (items.length < 1 || items.length > 256) throw new RangeError(`${items.length} items in a call`);
    this.beforeChange();
    return { kind: 'answered', answers: sale.reserve(items, this.now(), maxAttempts, maxEnded), stock: sale.stock };
  }

  async published(saleId: string, epoch: number, orderIds: readonly string[]): Promise<void> {
    const sale = this.open(saleId);
    if (sale === undefined || !this.mayMark(sale, epoch)) return;
    this.beforeChange();
    for (const orderId of orderIds) sale.pending.delete(orderId);
  }

  async claimStranded(
    saleId: string,
    { leaseMs, max }: { readonly leaseMs: number; readonly max: number },
  ): Promise<readonly StrandedReservation[]> {
    const sale = this.open(saleId);
    this.beforeChange();
    return sale?.claim(leaseMs, max, this.now()) ?? [];
  }

  async withUnpublished(saleIds: readonly string[]): Promise<readonly string[]> {
    return saleIds.filter((saleId) => this.mayHaveUnpublished(saleId));
  }

  async release(saleId: string, orderIds: readonly string[]): Promise<readonly string[]> {
    const sale = this.open(saleId);
    this.beforeChange();
    return sale?.release(orderIds) ?? [];
  }

  async forfeit(saleId: string, orders: readonly ForfeitedOrder[]): Promise<void> {
    const sale = this.open(saleId);
    this.beforeChange();
    sale?.forfeit(orders);
  }

  async update(changed: ChangedSale): Promise<'updated' | 'stale' | 'unknownSale'> {
    const sale = this.open(changed.id);
    if (sale === undefined) return 'unknownSale';
    if (sale.sale.epoch !== changed.epoch) return 'stale';
    this.beforeChange();
    sale.update(changed);
    return 'updated';
  }

  async close(saleId: string, epoch: number): Promise<void> {
    const sale = this.open(saleId);
    this.beforeChange();
    if (sale?.sale.epoch === epoch) sale.closed = true;
  }

  async stock(saleId: string): Promise<Stock | undefined> {
    return this.open(saleId)?.stock;
  }

  async find(saleId: string, orderId: string): Promise<StrandedReservation | undefined> {
    return this.open(saleId)?.ledger.get(orderId);
  }

  async ping(): Promise<void> {}

  protected beforeChange(): void {}

  /** Also of a sale that rejects all other calls. */
  protected abstract mayHaveUnpublished(saleId: string): boolean;

  protected maySell({ sale }: MemoryQueueSale, epoch: number): boolean {
    return sale.epoch === epoch;
  }

  /** Whether `published` has an effect. */
  protected mayMark({ sale }: MemoryQueueSale, epoch: number): boolean {
    return sale.epoch === epoch;
  }
}
