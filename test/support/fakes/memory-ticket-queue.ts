import { Fault } from '../../../src/domain/errors.ts';
import type {
  KnownOrder,
  QueueRecovery,
  QueueState,
  RebuildResult,
  RebuiltSale,
  RecoveryStep,
} from '../../../src/ports/queue-recovery.ts';
import type { QueuedSale } from '../../../src/ports/ticket-queue.ts';
import { MemoryQueueCalls } from './memory-queue-calls.ts';
import { MemoryQueueSale } from './memory-queue-sale.ts';

/** A ticket queue in memory, by the test's clock. */
export class MemoryTicketQueue extends MemoryQueueCalls implements QueueRecovery {
  readonly #sales = new Map<string, MemoryQueueSale>();
  /** Sales that reject every call with `fenced`. */
  readonly #lost = new Set<string>();
  /** The epoch for which each sale was last sealed. */
  readonly #sealed = new Map<string, number>();
  /** What `serves` returns. */
  serving = true;
  replicated = false;

  readonly #removed = new Set<string>();

  async load(sale: QueuedSale): Promise<void> {
    if (this.#removed.has(sale.id)) throw new Fault('fenced', `the sale ${sale.id} was removed`);
    if (this.open(sale.id) === undefined) this.#sales.set(sale.id, new MemoryQueueSale(sale));
  }

  async remove(saleId: string): Promise<void> {
    this.#removed.add(saleId);
    this.wipe(saleId);
  }

  /** As after a recovery: the same reservations, under the next epoch. */
  raiseEpoch(saleId: string): number {
    const kept = this.open(saleId);
    if (kept === undefined) throw new Error(`the test never loaded the sale ${saleId}`);
    kept.sale = { ...kept.sale, epoch: kept.sale.epoch + 1 };
    return kept.sale.epoch;
  }

  /** As after a restart: its last changes may be lost. */
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
    const kept = this.#sales.get(saleId);
    if (kept === undefined) return 'unknown';
    return kept.sale.epoch === epoch ? 'sound' : 'lost';
  }

  async seal({ id, epoch }: RebuiltSale): Promise<RecoveryStep<{ readonly replicated: boolean }>> {
    const latest = Math.max(this.#sealed.get(id) ?? 0, this.#sales.get(id)?.sale.epoch ?? 0);
    if (latest > epoch) return { kind: 'superseded', epoch: latest };
    if ((await this.state(id, epoch)) !== 'sound') this.#lost.add(id);
    this.#sealed.set(id, epoch);
    return { kind: 'done', replicated: this.replicated };
  }

  async rebuild(
    rebuilt: RebuiltSale,
    orders: AsyncIterable<readonly KnownOrder[]>,
  ): Promise<RecoveryStep<RebuildResult>> {
    const { closed, paused, version, ...sale } = rebuilt;
    const sealed = await this.seal(rebuilt);
    if (sealed.kind === 'superseded') return sealed;
    const state = await this.state(sale.id, sale.epoch);
    const old = this.#sales.get(sale.id);
    if (old !== undefined && state === 'sound') return { kind: 'done', ...countsOf(old) };
    const fresh = new MemoryQueueSale(sale, []);
    fresh.closed = closed || old?.closed === true;
    fresh.paused = paused;
    fresh.version = version;
    for await (const chunk of orders) for (const order of chunk) fresh.take(order);
    if (this.#sealed.get(sale.id) !== sale.epoch) return this.rebuild(rebuilt, orders);
    if (old !== undefined) fresh.keep(old);
    fresh.fill();
    this.#sales.set(sale.id, fresh);
    this.#lost.delete(sale.id);
    return { kind: 'done', ...countsOf(fresh) };
  }

  async serves(): Promise<boolean> {
    return this.serving;
  }

  async declareSound(): Promise<void> {
    this.serving = true;
  }

  protected override mayHaveUnpublished(saleId: string): boolean {
    return (this.#sales.get(saleId)?.pending.size ?? 0) > 0;
  }

  protected open(saleId: string): MemoryQueueSale | undefined {
    if (this.#lost.has(saleId)) throw new Fault('fenced', `the sale ${saleId} was lost`);
    return this.#sales.get(saleId);
  }
}

function countsOf({ held, pending }: MemoryQueueSale): RebuildResult {
  return { held, survivors: pending.size };
}
