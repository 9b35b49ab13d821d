import { Fault } from '../../../src/domain/errors.ts';
import type { QueuedSale } from '../../../src/ports/ticket-queue.ts';
import { MemoryQueueCalls } from '../../support/fakes/memory-queue-calls.ts';
import { type Bugs, NO_BUGS } from '../bugs.ts';
import { QueueMemory } from './queue-memory.ts';
import { QueueRebuild } from './queue-rebuild.ts';
import { QueueSale } from './queue-sale.ts';

export interface SimulatedQueueOptions {
  readonly bugs?: Bugs;
  /** Whether earlier states are kept, to be restored by a rewind. */
  readonly remembers?: boolean;
  /** Called before a sale that the queue knows, and is sound, is removed. */
  readonly onRemove?: (saleId: string) => void;
}

/**
 * The ticket queue's server. After losing changes it rejects calls, as the real scripts do, until a recovery has
 * rebuilt each sale.
 */
export class SimulatedTicketQueue extends MemoryQueueCalls {
  readonly memory: QueueMemory;
  readonly rebuild: QueueRebuild;
  readonly #bugs: Bugs;
  readonly #onRemove: SimulatedQueueOptions['onRemove'];

  constructor(now: () => number, { bugs = NO_BUGS, remembers = false, onRemove }: SimulatedQueueOptions = {}) {
    super(now);
    this.#onRemove = onRemove;
    this.#bugs = bugs;
    this.memory = new QueueMemory(bugs, remembers);
    this.rebuild = new QueueRebuild(this.memory, bugs);
  }

  readonly incarnation = async (saleId: string): Promise<string> => {
    const kept = this.memory.guarded(saleId);
    this.memory.remember();
    return this.memory.incarnationOf(kept);
  };

  async load(sale: QueuedSale, incarnation?: string): Promise<void> {
    const kept = this.memory.guarded(sale.id);
    if (kept.current !== undefined) return;
    if (incarnation !== undefined && !this.memory.isCurrent(kept, incarnation)) {
      throw new Fault('fenced', `the data of ${sale.id} is older than the queue’s state`);
    }
    this.memory.remember();
    kept.current = new QueueSale(sale, this.#bugs);
    kept.sound = this.memory.incarnation;
  }

  /** Past the fence, as on Redis. */
  async remove(saleId: string): Promise<void> {
    if (this.memory.isSound(saleId)) this.#onRemove?.(saleId);
    this.memory.remember();
    this.memory.wipe(saleId);
  }

  protected override mayHaveUnpublished(saleId: string): boolean {
    return (this.memory.kept(saleId).current?.pending.size ?? 0) > 0;
  }

  protected open(saleId: string): QueueSale | undefined {
    return this.memory.guarded(saleId).current;
  }

  protected override beforeChange(): void {
    this.memory.remember();
  }

  protected override maySell(sale: QueueSale, epoch: number): boolean {
    return this.#bugs.has('noEpoch') || super.maySell(sale, epoch);
  }

  protected override mayMark(sale: QueueSale, epoch: number): boolean {
    return this.#bugs.has('noEpoch') || this.#bugs.has('publishedOfAnyEpoch') || super.mayMark(sale, epoch);
  }
}
