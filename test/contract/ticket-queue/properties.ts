import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { Stock } from '../../../src/domain/stock.ts';
import type { ForfeitedOrder, QueuedSale, ReserveItem, TicketQueue } from '../../../src/ports/ticket-queue.ts';
import { inOneMinute } from '../../support/in-one-minute.ts';
import { newOrderId, openSale } from '../fixtures.ts';
import type { QueueBench } from './harness.ts';
import { ModelQueue, withoutTime } from './model.ts';

/** Few users, keys and tickets, so that random batches conflict often. */
const USERS = ['u1', 'u2', 'u3', 'u4', 'u5'];
const KEYS = ['k:1', 'k:2', 'k:3', undefined];
const FINGERPRINTS = ['f1', 'f1', 'f1', 'f2'];
/** 0 is unlimited, and most frequent. */
const MAX_ATTEMPTS = [0, 0, 1, 3, 6];
/** 0 is unlimited, and most frequent. */
const MAX_ENDED = [0, 0, 0, 1, 2];
/** One ticket is most frequent. */
const QUANTITIES = [1, 1, 1, 2, 3, 4];
const RUNS = 60;

type Command =
  | {
      readonly kind: 'reserve';
      readonly wishes: readonly Wish[];
      readonly maxAttempts: number;
      readonly maxEnded: number;
    }
  /** Sends an earlier batch again, as after a broken connection. */
  | { readonly kind: 'resend'; readonly pick: number; readonly maxAttempts: number; readonly maxEnded: number }
  | { readonly kind: 'published' | 'release'; readonly picks: readonly number[] }
  /** Of the order's tickets, those whose bits in the mask are set are held by others; all if none is. */
  | { readonly kind: 'forfeit'; readonly pick: number; readonly mask: number }
  | { readonly kind: 'claim'; readonly max: number }
  | { readonly kind: 'pause' | 'resume' }
  | { readonly kind: 'addStock'; readonly quantity: number }
  | { readonly kind: 'close' };

interface Wish {
  readonly userId: string;
  readonly key: string | undefined;
  readonly fingerprint: string;
  readonly quantity: number;
}

const wish: fc.Arbitrary<Wish> = fc.record({
  userId: fc.constantFrom(...USERS),
  key: fc.constantFrom(...KEYS),
  fingerprint: fc.constantFrom(...FINGERPRINTS),
  quantity: fc.constantFrom(...QUANTITIES),
});
const picks = fc.array(fc.nat(), { minLength: 1, maxLength: 6 });
const maxAttempts = fc.constantFrom(...MAX_ATTEMPTS);
const maxEnded = fc.constantFrom(...MAX_ENDED);
const wishes = fc.array(wish, { minLength: 1 });
const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('reserve'), wishes, maxAttempts, maxEnded }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('resend'), pick: fc.nat(), maxAttempts, maxEnded }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('published'), picks }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('release'), picks }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('forfeit'), pick: fc.nat(), mask: fc.nat({ max: 15 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('claim'), max: fc.integer({ min: 1, max: 5 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('pause') }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('resume') }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('addStock'), quantity: fc.integer({ min: 1, max: 4 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('close') }) },
);

export function ticketQueueModelTests(bench: QueueBench): void {
  describe('any sequence of calls', () => {
    it('is answered as by the model, and its totals agree after each call', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.integer({ min: 1, max: 16 }),
          fc.integer({ min: 1, max: 6 }),
          fc.array(command, { minLength: 5, maxLength: 25 }),
          (total, perBuyerLimit, commands) =>
            inOneMinute(async () => {
              const run = await ModelRun.start(bench, total, perBuyerLimit);
              for (const next of commands) {
                await run.do(next);
                await run.checkTotals();
              }
            }),
        ),
        { numRuns: RUNS },
      );
    });
  });
}

/** One sale in the queue and in the model, side by side. */
class ModelRun {
  readonly #queue: TicketQueue;
  readonly #audit: QueueBench['audit'];
  readonly #model: ModelQueue;
  readonly #sale: QueuedSale;
  readonly #saleId: string;
  #version = 1;
  readonly #batches: (readonly ReserveItem[])[] = [];
  #stock: Stock;

  static async start(bench: QueueBench, total: number, perBuyerLimit: number): Promise<ModelRun> {
    const sale = openSale({ total, perBuyerLimit });
    const queue = bench.queue();
    await queue.load(sale);
    return new ModelRun(bench, sale, await stockOf(queue, sale.id));
  }

  private constructor({ queue, audit }: QueueBench, sale: QueuedSale, stock: Stock) {
    this.#queue = queue();
    this.#audit = audit;
    this.#model = new ModelQueue(sale);
    this.#sale = sale;
    this.#saleId = sale.id;
    this.#stock = stock;
  }

  async do(command: Command): Promise<void> {
    switch (command.kind) {
      case 'reserve':
        return this.#reserve(command.wishes.map(itemOf), command.maxAttempts, command.maxEnded);
      case 'resend':
        return this.#reserve(
          this.#batches[command.pick % this.#batches.length] ?? [itemOf(LONE_WISH)],
          command.maxAttempts,
          command.maxEnded,
        );
      case 'published': {
        const orderIds = this.#pick(command.picks);
        this.#model.published(orderIds);
        return this.#queue.published(this.#saleId, 1, orderIds);
      }
      case 'release': {
        const orderIds = this.#pick(command.picks);
        expect(await this.#queue.release(this.#saleId, orderIds)).toEqual(this.#model.release(orderIds));
        return;
      }
      case 'forfeit': {
        const orders = this.#pick([command.pick]).map((orderId) => this.#forfeited(orderId, command.mask));
        this.#model.forfeit(orders);
        return this.#queue.forfeit(this.#saleId, orders);
      }
      case 'claim':
        return this.#claim(command.max);
      case 'pause':
        return this.#update({ paused: true });
      case 'resume':
        return this.#update({ paused: false });
      case 'addStock':
        return this.#model.hasReturned ? undefined : this.#update({ total: this.#model.total + command.quantity });
      case 'close':
        this.#model.close();
        return this.#queue.close(this.#saleId, 1);
    }
  }

  async checkTotals(): Promise<void> {
    const audit = await this.#audit(this.#saleId);
    const { held, remaining } = this.#model;
    expect(audit).toEqual({
      epoch: 1,
      held,
      heldByBuyers: held,
      remaining,
      pending: this.#model.pending.length,
      doubled: [],
    });
    this.#checkStock(await stockOf(this.#queue, this.#saleId));
  }

  /** Each command only takes or only returns tickets, so the content changes if and only if the number left does. */
  #checkStock(stock: Stock): void {
    expect(stock.remaining).toBe(this.#model.remaining);
    if (stock.remaining === this.#stock.remaining) expect(stock).toEqual(this.#stock);
    else expect(stock.version).toBeGreaterThan(this.#stock.version);
    this.#stock = stock;
  }

  async #update(changes: { readonly paused?: boolean; readonly total?: number }): Promise<void> {
    const { paused, total } = this.#model;
    const changed = { paused, total, ...changes };
    this.#model.update(changed);
    this.#version += 1;
    expect(await this.#queue.update({ ...this.#sale, ...changed, version: this.#version })).toBe('updated');
  }

  async #reserve(items: readonly ReserveItem[], maxAttempts: number, maxEnded: number): Promise<void> {
    this.#batches.push(items);
    const expected = this.#model.reserve(items, maxAttempts, maxEnded);
    const reply = await this.#queue.reserve(this.#saleId, 1, items, maxAttempts, maxEnded);
    if (reply.kind !== 'answered') throw new Error(`the queue did not answer: ${reply.kind}`);
    expect(reply.answers.map(withoutTime)).toEqual(expected);
    this.#checkStock(reply.stock);
  }

  /** What is due depends on the clock, so the model only knows what may be claimed. */
  async #claim(max: number): Promise<void> {
    const pending = this.#model.pending;
    const claimed = await vi.waitFor(
      async () => {
        const some = await this.#queue.claimStranded(this.#saleId, { leaseMs: 1, max });
        if (pending.length > 0) expect(some).not.toEqual([]);
        return some.map(({ orderId }) => orderId);
      },
      { interval: 1 },
    );
    expect(claimed.length).toBeLessThanOrEqual(max);
    expect(pending).toEqual(expect.arrayContaining(claimed));
    expect(new Set(claimed).size).toBe(claimed.length);
  }

  #forfeited(orderId: string, mask: number): ForfeitedOrder {
    const tickets = this.#model.ticketsOf(orderId) ?? [1];
    const some = tickets.filter((_, n) => (mask & (1 << n)) !== 0);
    return { orderId, tickets: some.length > 0 ? some : tickets };
  }

  #pick(numbers: readonly number[]): string[] {
    const orderIds = this.#batches.flat().map(({ orderId }) => orderId);
    return numbers.map((n) => orderIds[n % orderIds.length] ?? newOrderId());
  }
}

async function stockOf(queue: TicketQueue, saleId: string): Promise<Stock> {
  const stock = await queue.stock(saleId);
  if (stock === undefined) throw new Error('the queue forgot a sale');
  return stock;
}

const LONE_WISH: Wish = { userId: 'u1', key: undefined, fingerprint: 'f1', quantity: 1 };

function itemOf({ key, ...wish }: Wish): ReserveItem {
  const orderId = newOrderId();
  return { ...wish, orderId, key: key ?? `o:${orderId}` };
}
