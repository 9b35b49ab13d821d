import type { RebuiltSale } from '../../../src/ports/queue-recovery.ts';
import type { QueuedSale } from '../../../src/ports/ticket-queue.ts';
import { fieldOf, MemoryQueueSale, ticketsOf } from '../../support/fakes/memory-queue-sale.ts';
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

  protected override isAtLimit(held: number): boolean {
    return !this.#bugs.has('limitNotChecked') && super.isAtLimit(held);
  }

  protected override releaseOne(orderId: string): boolean {
    const held = this.ledger.get(orderId);
    if (held === undefined) this.#releaseAgain(orderId);
    else if (this.#bugs.has('keyForgottenOnRelease')) this.keys.delete(fieldOf(held.userId, held.key));
    return super.releaseOne(orderId);
  }

  #releaseAgain(orderId: string): void {
    const released = [...this.keys.values()].find((keyed) => keyed.orderId === orderId);
    if (released === undefined) return;
    if (this.#bugs.has('releaseTwice')) this.queue.push(released.ticket);
    if (!this.#bugs.has('releaseByTicket')) return;
    const other = [...this.ledger.values()].find(({ ticket }) => ticket === released.ticket);
    if (other === undefined) return;
    this.ledger.delete(other.orderId);
    this.queue.push(other.ticket);
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
