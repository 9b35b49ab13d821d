import type { SaleStatus } from '../../../src/domain/sale.ts';
import type { RebuiltSale } from '../../../src/ports/queue-recovery.ts';
import type { QueuedSale, StrandedReservation } from '../../../src/ports/ticket-queue.ts';
import { fieldOf, type Keyed, MemoryQueueSale, ticketsOf } from '../../support/fakes/memory-queue-sale.ts';
import type { Bugs } from '../bugs.ts';

/** The queue's state of one sale, with bugs planted in its decisions; can be copied. */
export class QueueSale extends MemoryQueueSale {
  readonly #bugs: Bugs;

  constructor(sale: QueuedSale, bugs: Bugs, queue?: readonly number[]) {
    super(sale, queue);
    this.#bugs = bugs;
  }

  copy(): QueueSale {
    const copy = new QueueSale(this.sale, this.#bugs, this.queue);
    copy.closed = this.closed;
    copy.paused = this.paused;
    copy.version = this.version;
    copy.changes = this.changes;
    copy.ledger = new Map(this.ledger);
    copy.keys = new Map(this.keys);
    copy.pending = new Map(this.pending);
    copy.keyless = new Set(this.keyless);
    copy.ended = new Map(this.ended);
    return copy;
  }

  override fill(): void {
    super.fill();
    if (this.#bugs.has('rebuildForgetsLedger')) this.queue = [...ticketsOf(this.sale)];
  }

  protected override isPublished(orderId: string): boolean {
    return this.#bugs.has('replayUnpublished') || super.isPublished(orderId);
  }

  protected override exceedsLimit(held: readonly StrandedReservation[], quantity: number): boolean {
    if (this.#bugs.has('limitCountsOrders')) return held.length + 1 > this.sale.perBuyerLimit;
    return !this.#bugs.has('limitNotChecked') && super.exceedsLimit(held, quantity);
  }

  protected override sellsParts(): boolean {
    return this.#bugs.has('partOfAnOrder');
  }

  protected override isMismatch(earlier: Keyed, fingerprint: string): boolean {
    return !this.#bugs.has('quantityNotInFingerprint') && super.isMismatch(earlier, fingerprint);
  }

  protected override repeated(earlier: Keyed): readonly number[] {
    return this.#bugs.has('replayOfOneTicket') ? earlier.tickets.slice(0, 1) : super.repeated(earlier);
  }

  protected override isNewer(version: number): boolean {
    return this.#bugs.has('olderChangeApplies') || super.isNewer(version);
  }

  protected override status(): SaleStatus {
    return this.paused && this.#bugs.has('pausedSaleSells') ? 'published' : super.status();
  }

  protected override releaseOne(orderId: string): boolean {
    const held = this.ledger.get(orderId);
    if (held === undefined) this.#releaseAgain(orderId);
    else if (this.#bugs.has('keyForgottenOnRelease')) this.keys.delete(fieldOf(held.userId, held.key));
    const isReleased = super.releaseOne(orderId);
    if (held !== undefined && this.#bugs.has('oneTicketReleased')) {
      this.queue = this.queue.filter((ticket) => !held.tickets.slice(1).includes(ticket));
    }
    return isReleased;
  }

  #releaseAgain(orderId: string): void {
    const released = [...this.keys.values()].find((keyed) => keyed.orderId === orderId);
    if (released === undefined) return;
    if (this.#bugs.has('releaseTwice')) this.queue.push(...released.tickets);
    if (!this.#bugs.has('releaseByTicket')) return;
    const other = [...this.ledger.values()].find(({ tickets }) =>
      tickets.some((one) => released.tickets.includes(one)),
    );
    if (other === undefined) return;
    this.ledger.delete(other.orderId);
    this.queue.push(...other.tickets);
  }
}

/** The initial state of a rebuild, without free tickets yet. */
export function beginRebuild(sale: RebuiltSale, old: QueueSale | undefined, bugs: Bugs): QueueSale {
  const next = new QueueSale(sale, bugs, []);
  next.closed = sale.closed || (old?.closed ?? false);
  next.paused = sale.paused;
  next.version = sale.version;
  return next;
}
