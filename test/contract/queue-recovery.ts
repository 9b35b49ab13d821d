import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KnownOrder, QueueRecovery, RebuiltSale } from '../../src/ports/queue-recovery.ts';
import type { QueuedSale, ReserveItem, TicketQueue } from '../../src/ports/ticket-queue.ts';
import { newOrderId, openSale, purchase, purchases } from './fixtures.ts';
import { answersOf, ticketOf } from './queue-bench.ts';

export interface RecoveryHarness {
  readonly queue: TicketQueue;
  readonly recovery: QueueRecovery;
  /** As after a restart: the keys are there, and nobody knows how old they are. */
  readonly lose: (saleId: string) => void | Promise<void>;
  /** As after FLUSHALL. */
  readonly wipe: (saleId: string) => void | Promise<void>;
  readonly close: () => Promise<void>;
}

const EPOCH = 2;

/** What every recovery of a ticket queue must do. */
export function queueRecoveryContract(name: string, open: () => Promise<RecoveryHarness>): void {
  describe(`${name} in recovery`, () => {
    let harness: RecoveryHarness;
    beforeAll(async () => {
      harness = await open();
    });
    afterAll(() => harness.close());

    const load = async (overrides: Partial<QueuedSale> = {}) => {
      const sale = openSale(overrides);
      await harness.queue.load(sale);
      return { ...sale, closed: false };
    };
    const next = (sale: RebuiltSale, epoch = EPOCH): RebuiltSale => ({ ...sale, epoch });
    const buy = async ({ id, epoch }: QueuedSale, items: readonly ReserveItem[]) =>
      answersOf(await harness.queue.reserve(id, epoch, items));
    const rebuild = (sale: RebuiltSale, ...orders: readonly KnownOrder[]) =>
      harness.recovery.rebuild(sale, inOnes(orders));
    const books = ({ id }: QueuedSale) => harness.queue.audit(id);

    it('knows a sale that is sound, at its epoch only', async () => {
      const sale = await load();

      expect(await harness.recovery.state(sale.id, 1)).toBe('sound');
      expect(await harness.recovery.state(sale.id, 2)).toBe('lost');
      expect(await harness.recovery.state('no sale', 1)).toBe('unknown');
    });

    it('knows a sale that was lost or wiped, and decides nothing in it', async () => {
      const [lost, wiped] = [await load(), await load()];
      await harness.lose(lost.id);
      await harness.wipe(wiped.id);

      expect(await harness.recovery.state(lost.id, 1)).toBe('lost');
      await expect(harness.queue.reserve(lost.id, 1, purchases(1))).rejects.toMatchObject({ code: 'fenced' });
      expect(await harness.recovery.state(wiped.id, 1)).toBe('unknown');
      expect(await harness.queue.reserve(wiped.id, 1, purchases(1))).toEqual({ kind: 'unknownSale' });
    });

    it('sells what no live order holds, under the new epoch only', async () => {
      const sale = await load({ total: 5 });
      await harness.wipe(sale.id);
      const orders = [knownOrder({ ticket: 2 }), knownOrder({ ticket: 4, live: false }), knownOrder({ ticket: 5 })];

      expect(await rebuild(next(sale), ...orders)).toEqual({ kind: 'done', held: 2, survivors: 0 });
      expect(await harness.recovery.state(sale.id, EPOCH)).toBe('sound');
      expect(await harness.queue.reserve(sale.id, 1, purchases(1))).toEqual({ kind: 'stale', epoch: EPOCH });
      expect((await buy(next(sale), purchases(4))).map(ticketOf)).toEqual([1, 3, 4, undefined]);
      expect(await books(sale)).toMatchObject({ epoch: EPOCH, held: 5, heldByBuyers: 5, remaining: 0, doubled: [] });
    });

    it('answers the keys of all orders, those that ended too, as they were answered', async () => {
      const sale = await load();
      await harness.wipe(sale.id);
      const [live, ended] = [knownOrder({ ticket: 3 }), knownOrder({ ticket: 7, live: false })];
      await rebuild(next(sale), live, ended);

      expect(await buy(next(sale), [again(live), again(ended)])).toEqual(
        [live, ended].map(({ orderId, ticket, reservedAt }) => ({
          ...{ kind: 'replayed', orderId, ticket, reservedAt },
          published: true,
        })),
      );
      expect(await buy(next(sale), [{ ...again(live), fingerprint: 'other' }])).toEqual([{ kind: 'keyMismatch' }]);
    });

    it("counts live orders to their buyers' limits, and no others", async () => {
      const sale = await load({ perBuyerLimit: 2 });
      await harness.wipe(sale.id);
      const orders = [1, 2, 3].map((ticket) => knownOrder({ ticket, userId: 'u', live: ticket < 3 }));
      await rebuild(next(sale), ...orders, knownOrder({ ticket: 4, userId: 'v' }));

      expect(await buy(next(sale), [purchase({ userId: 'u' }), purchase({ userId: 'v' })])).toMatchObject([
        { kind: 'limitReached', orderIds: orders.slice(0, 2).map(({ orderId }) => orderId) },
        { kind: 'reserved' },
      ]);
    });

    it('keeps what was reserved and never stored, to be published at once', async () => {
      const sale = await load();
      const [stored, stranded] = [purchase(), purchase({ key: 'k:1' })];
      const [, answer] = await buy(sale, [stored, stranded]);
      await harness.lose(sale.id);

      const result = await rebuild(next(sale), knownOrder({ ...stored, ticket: 1 }));
      expect(result).toEqual({ kind: 'done', held: 2, survivors: 1 });
      const { orderId, userId, key } = stranded;
      const { reservedAt } = answer as { reservedAt: number };
      expect(await harness.queue.claimStranded(sale.id, { leaseMs: 60_000, max: 10 })).toEqual([
        { orderId, userId, key, ticket: 2, reservedAt },
      ]);
      expect(await buy(next(sale), [again(stranded)])).toMatchObject([{ kind: 'replayed', orderId, published: false }]);
      expect(await books(sale)).toMatchObject({ held: 2, heldByBuyers: 2, remaining: 8, pending: 1, doubled: [] });
      await harness.queue.published(sale.id, 1, [orderId]);
      expect(await books(sale)).toMatchObject({ pending: 1 });
      await harness.queue.published(sale.id, EPOCH, [orderId]);
      expect(await books(sale)).toMatchObject({ pending: 0 });
    });

    it('lets go of what was never stored when the ticket, the key, the limit or the order is somebody else’s', async () => {
      const sale = await load({ perBuyerLimit: 1 });
      const items = [purchase(), purchase({ userId: 'k', key: 'k:1' }), purchase({ userId: 'l' }), purchase()] as const;
      await buy(sale, items);
      await harness.lose(sale.id);
      const orders = [
        knownOrder({ ticket: 1 }),
        knownOrder({ ticket: 5, userId: 'k', key: 'k:1', live: false }),
        knownOrder({ ticket: 6, userId: 'l' }),
        knownOrder({ orderId: items[3].orderId, ticket: 4, key: null, live: false }),
      ];

      expect(await rebuild(next(sale), ...orders)).toEqual({ kind: 'done', held: 2, survivors: 0 });
      for (const { orderId } of items) expect(await harness.queue.find(sale.id, orderId)).toBeUndefined();
      expect(await buy(next(sale), [{ ...items[0], orderId: newOrderId() }])).toMatchObject([{ kind: 'reserved' }]);
    });

    it('lets go of what ended and was not released yet', async () => {
      const sale = await load({ total: 1 });
      const item = purchase();
      await buy(sale, [item]);
      await harness.lose(sale.id);
      await rebuild(next(sale), knownOrder({ ...item, ticket: 1, live: false }));

      expect(await harness.queue.release(sale.id, [item.orderId])).toEqual([]);
      expect(await buy(next(sale), purchases(1))).toMatchObject([{ kind: 'reserved', ticket: 1 }]);
    });

    it('is the same when it was interrupted, and repeated', async () => {
      const sale = await load({ total: 4 });
      const stranded = purchase();
      await buy(sale, [stranded]);
      await harness.lose(sale.id);
      const torn = async function* () {
        yield [knownOrder({ ticket: 3 })];
        throw new Error('the store is away');
      };
      await expect(harness.recovery.rebuild(next(sale), torn())).rejects.toThrow('the store is away');
      await expect(harness.queue.stock(sale.id)).rejects.toMatchObject({ code: 'fenced' });
      expect(await harness.recovery.state(sale.id, EPOCH)).toBe('lost');

      expect(await rebuild(next(sale), knownOrder({ ticket: 4 }))).toEqual({ kind: 'done', held: 2, survivors: 1 });
      expect((await buy(next(sale), purchases(3))).map(ticketOf)).toEqual([2, 3, undefined]);
    });

    it('changes nothing when it is repeated after its end', async () => {
      const sale = await load();
      await harness.lose(sale.id);
      await rebuild(next(sale));
      const item = purchase();
      await buy(next(sale), [item]);
      const before = await harness.queue.stock(sale.id);

      expect(await rebuild(next(sale), knownOrder({ ticket: 1 }))).toMatchObject({ kind: 'done', held: 1 });
      expect(await harness.queue.stock(sale.id)).toEqual(before);
      expect(await harness.queue.find(sale.id, item.orderId)).toMatchObject({ ticket: 1 });
    });

    it('gives way to one of a later epoch, also to one that has only sealed the sale', async () => {
      const sale = await load();
      await harness.lose(sale.id);
      expect(await harness.recovery.seal(next(sale, 3))).toMatchObject({ kind: 'done' });

      expect(await rebuild(next(sale, 2))).toEqual({ kind: 'superseded', epoch: 3 });
      expect(await harness.recovery.seal(next(sale, 2))).toEqual({ kind: 'superseded', epoch: 3 });
      expect(await rebuild(next(sale, 3))).toMatchObject({ kind: 'done' });
      expect(await rebuild(next(sale, 2))).toEqual({ kind: 'superseded', epoch: 3 });
      expect(await harness.recovery.state(sale.id, 3)).toBe('sound');
    });

    it('is overtaken in the middle by one of a later epoch', async () => {
      const sale = await load({ total: 3 });
      await harness.lose(sale.id);
      const overtaken = async function* () {
        await rebuild(next(sale, 3), knownOrder({ ticket: 2 }));
        yield [knownOrder({ ticket: 1 })];
      };

      await harness.recovery
        .rebuild(next(sale, 2), overtaken())
        .catch((error) => expect(error).toMatchObject({ code: 'fenced' }));
      expect((await buy(next(sale, 3), purchases(3))).map(ticketOf)).toEqual([1, 3, undefined]);
    });

    it('closes a sale that was sound once it is sealed', async () => {
      const sale = await load();
      await harness.recovery.seal(next(sale));

      await expect(harness.queue.reserve(sale.id, 1, purchases(1))).rejects.toMatchObject({ code: 'fenced' });
      await expect(harness.queue.release(sale.id, [newOrderId()])).rejects.toMatchObject({ code: 'fenced' });
      expect(await harness.recovery.state(sale.id, EPOCH)).toBe('lost');
    });

    it('keeps a wiped sale closed to everybody from its seal on', async () => {
      const sale = await load();
      await harness.wipe(sale.id);
      await harness.recovery.seal(next(sale));

      await expect(harness.queue.release(sale.id, [newOrderId()])).rejects.toMatchObject({ code: 'fenced' });
      await expect(harness.queue.load(sale)).rejects.toMatchObject({ code: 'fenced' });
    });

    it('leaves a closed sale closed, whether the queue or the catalogue says so', async () => {
      const [byQueue, byCatalogue] = [await load(), await load()];
      await harness.queue.close(byQueue.id, 1);
      for (const { id } of [byQueue, byCatalogue]) await harness.lose(id);
      await rebuild(next(byQueue));
      await rebuild({ ...next(byCatalogue), closed: true });

      expect(await buy(next(byQueue), purchases(1))).toEqual([{ kind: 'closed' }]);
      expect(await buy(next(byCatalogue), purchases(1))).toEqual([{ kind: 'closed' }]);
    });

    it('makes stock figures that are newer than any before', async () => {
      const sale = await load();
      await buy(sale, purchases(5));
      const before = await harness.queue.stock(sale.id);
      await harness.lose(sale.id);
      await rebuild(next(sale), knownOrder({ ticket: 1 }));

      const after = await harness.queue.stock(sale.id);
      expect(after?.version).toBeGreaterThan(before?.version ?? Number.NaN);
    });

    it('rebuilds more tickets and orders than one call takes', async () => {
      const total = 60_000;
      const sale = await load({ total });
      await buy(sale, purchases(200));
      await harness.lose(sale.id);
      const orders = Array.from({ length: 2500 }, (_, n) => knownOrder({ ticket: total - n }));
      const chunks = async function* () {
        yield orders;
      };

      expect(await harness.recovery.rebuild(next(sale), chunks())).toEqual({
        kind: 'done',
        held: 2700,
        survivors: 200,
      });
      expect(await harness.queue.stock(sale.id)).toMatchObject({ remaining: total - 2700 });
      expect(await books(sale)).toMatchObject({ held: 2700, heldByBuyers: 2700, pending: 200, doubled: [] });
    });
  });
}

function knownOrder(overrides: Partial<KnownOrder>): KnownOrder {
  const { fingerprint, orderId, userId } = purchase();
  return {
    orderId,
    userId,
    key: `k:${orderId}`,
    fingerprint,
    ticket: 1,
    reservedAt: Date.now(),
    live: true,
    ...overrides,
  };
}

/** The same key in another call. */
function again({ userId, key, fingerprint }: Pick<KnownOrder, 'userId' | 'key' | 'fingerprint'>): ReserveItem {
  return { orderId: newOrderId(), userId, key: key ?? '', fingerprint };
}

async function* inOnes(orders: readonly KnownOrder[]): AsyncGenerator<readonly KnownOrder[]> {
  for (const order of orders) yield [order];
}
