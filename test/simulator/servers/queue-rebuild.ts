import { Fault } from '../../../src/domain/errors.ts';
import type { KnownOrder, QueueState, RebuiltSale, RecoveryStep } from '../../../src/ports/queue-recovery.ts';
import type { Bugs } from '../bugs.ts';
import type { Kept, QueueMemory } from './queue-memory.ts';
import { beginRebuild } from './queue-sale.ts';

/** The server's steps of a recovery, one call each; queue-recovery.ts combines them. */
export class QueueRebuild {
  constructor(
    private readonly memory: QueueMemory,
    private readonly bugs: Bugs,
  ) {}

  async state(saleId: string, epoch: number): Promise<QueueState> {
    const { current, sound } = this.memory.kept(saleId);
    if (sound !== undefined && sound !== this.memory.incarnation) return 'lost';
    if (current === undefined) return 'unknown';
    return sound === undefined || current.sale.epoch !== epoch ? 'lost' : 'sound';
  }

  async begin(sale: RebuiltSale, attempt: string): Promise<RecoveryStep<object> | 'ended'> {
    const kept = this.memory.kept(sale.id);
    const overtaken = this.#overtaken(kept, sale.epoch);
    if (overtaken !== undefined) return overtaken;
    if (kept.next?.attempt === attempt && kept.next.incarnation === this.memory.incarnation) {
      if (!this.bugs.has('rebuildRestarted')) return { kind: 'done' };
    }
    this.memory.remember();
    kept.sound = 'lost';
    const next = beginRebuild(sale, kept.current, this.bugs);
    kept.next = { epoch: sale.epoch, attempt, incarnation: this.memory.incarnation, sale: next, filled: false };
    return { kind: 'done' };
  }

  async takeOrders(saleId: string, epoch: number, orders: readonly KnownOrder[]): Promise<void> {
    const { sale } = this.#building(saleId, epoch);
    this.memory.remember();
    for (const order of orders) sale.take(order);
  }

  async keepAndFill(saleId: string, epoch: number): Promise<number> {
    const next = this.#building(saleId, epoch);
    this.memory.remember();
    const { current } = this.memory.kept(saleId);
    const survivors = current === undefined ? 0 : next.sale.keep(current);
    next.sale.fill();
    next.filled = true;
    return survivors;
  }

  async end(saleId: string, epoch: number): Promise<RecoveryStep<{ readonly held: number }>> {
    const kept = this.memory.kept(saleId);
    const overtaken = this.#overtaken(kept, epoch);
    if (overtaken === 'ended') return { kind: 'done', held: kept.current?.held ?? 0 };
    if (overtaken !== undefined) return overtaken;
    const { sale, filled } = this.#building(saleId, epoch);
    if (!filled) throw new Fault('corrupt', 'the queue is not complete');
    this.memory.remember();
    sale.keyless.clear();
    kept.current = sale;
    kept.next = undefined;
    kept.sound = this.memory.incarnation;
    return { kind: 'done', held: sale.held };
  }

  async serves(): Promise<boolean> {
    return this.memory.serves;
  }

  async incarnation(): Promise<string | undefined> {
    return this.memory.serves ? String(this.memory.incarnation) : undefined;
  }

  async declareSound(): Promise<void> {
    this.memory.declareSound();
  }

  #overtaken(
    { current, next, sound }: Kept,
    epoch: number,
  ): 'ended' | { kind: 'superseded'; epoch: number } | undefined {
    const latest = Math.max(current?.sale.epoch ?? 0, next?.epoch ?? 0);
    if (latest > epoch) return { kind: 'superseded', epoch: latest };
    return current?.sale.epoch === epoch && sound === this.memory.incarnation ? 'ended' : undefined;
  }

  #building(saleId: string, epoch: number): NonNullable<Kept['next']> {
    const { next } = this.memory.kept(saleId);
    if (next === undefined || next.epoch !== epoch || next.incarnation !== this.memory.incarnation) {
      throw new Fault('fenced', 'the rebuild in progress was lost');
    }
    return next;
  }
}
