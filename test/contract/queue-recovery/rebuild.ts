import { expect, it } from 'vitest';
import { newOrderId, purchase, purchases } from '../fixtures.ts';
import { ticketOf } from '../ticket-queue/harness.ts';
import { again, EPOCH, knownOrder, type RecoveryBench } from './harness.ts';

/** What a rebuilt sale holds, sells and answers. */
export function rebuildsSale(bench: RecoveryBench): void {
  const { load, next, buy, rebuild, rebuildAtOnce, audit } = bench;

  it('sells the tickets that no live order holds, under the new epoch only', async () => {
    const sale = await load({ total: 5 });
    await bench.harness.wipe(sale.id);
    const orders = [
      knownOrder({ tickets: [2] }),
      knownOrder({ tickets: [4], live: false }),
      knownOrder({ tickets: [5] }),
    ];

    expect(await rebuild(next(sale), ...orders)).toEqual({ kind: 'done', held: 2, survivors: 0 });
    expect(await bench.harness.recovery.state(sale.id, EPOCH)).toBe('sound');
    expect(await bench.harness.queue.reserve(sale.id, 1, purchases(1))).toEqual({ kind: 'stale', epoch: EPOCH });
    expect((await buy(next(sale), purchases(4))).map(ticketOf)).toEqual([1, 3, 4, undefined]);
    expect(await audit(sale)).toMatchObject({ epoch: EPOCH, held: 5, heldByBuyers: 5, remaining: 0, doubled: [] });
  });

  it('gives the same answers to the keys of all orders, ended ones included', async () => {
    const sale = await load();
    await bench.harness.wipe(sale.id);
    const [live, ended] = [knownOrder({ tickets: [3] }), knownOrder({ tickets: [7], live: false })];
    await rebuild(next(sale), live, ended);

    expect(await buy(next(sale), [again(live), again(ended)])).toEqual(
      [live, ended].map(({ orderId, tickets, reservedAt }) => ({
        ...{ kind: 'replayed', orderId, tickets, reservedAt },
        published: true,
      })),
    );
    expect(await buy(next(sale), [{ ...again(live), fingerprint: 'other' }])).toEqual([{ kind: 'keyMismatch' }]);
  });

  it("counts only live orders towards their buyers' limits", async () => {
    const sale = await load({ perBuyerLimit: 2 });
    await bench.harness.wipe(sale.id);
    const orders = [1, 2, 3].map((ticket) => knownOrder({ tickets: [ticket], userId: 'u', live: ticket < 3 }));
    await rebuild(next(sale), ...orders, knownOrder({ tickets: [4], userId: 'v' }));

    expect(await buy(next(sale), [purchase({ userId: 'u' }), purchase({ userId: 'v' })])).toMatchObject([
      { kind: 'limitReached', orderIds: orders.slice(0, 2).map(({ orderId }) => orderId) },
      { kind: 'reserved' },
    ]);
  });

  it('counts the ended orders of their buyers, each once, however often it is sent', async () => {
    const sale = await load({ perBuyerLimit: 2 });
    await bench.harness.wipe(sale.id);
    const orders = [1, 2, 3].map((ticket) => knownOrder({ tickets: [ticket], userId: 'u', live: ticket === 1 }));
    await rebuild(next(sale), ...orders, ...orders, knownOrder({ tickets: [4], userId: 'v', live: false }));

    const kinds = async (userId: string, maxEnded: number) => {
      const reply = await bench.harness.queue.reserve(sale.id, EPOCH, [purchase({ userId })], 0, maxEnded);
      return reply.kind === 'answered' ? reply.answers.map(({ kind }) => kind) : reply.kind;
    };
    expect(await kinds('u', 2)).toEqual(['tooManyOrders']);
    expect(await kinds('u', 3)).toEqual(['reserved']);
    expect(await kinds('v', 1)).toEqual(['tooManyOrders']);
    expect(await kinds('v', 2)).toEqual(['reserved']);
    expect(await audit(next(sale))).toMatchObject({ held: 3, heldByBuyers: 3 });
  });

  it('keeps reservations that were never stored, due for publication at once', async () => {
    const sale = await load();
    const [stored, stranded] = [purchase(), purchase({ key: 'k:1' })];
    const [, answer] = await buy(sale, [stored, stranded]);
    await bench.harness.lose(sale.id);

    const result = await rebuild(next(sale), knownOrder({ ...stored, tickets: [1] }));
    expect(result).toEqual({ kind: 'done', held: 2, survivors: 1 });
    const { orderId, userId, key } = stranded;
    const { reservedAt } = answer as { reservedAt: number };
    expect(await bench.harness.queue.claimStranded(sale.id, { leaseMs: 60_000, max: 10 })).toEqual([
      { orderId, userId, key, tickets: [2], reservedAt },
    ]);
    expect(await buy(next(sale), [again(stranded)])).toMatchObject([{ kind: 'replayed', orderId, published: false }]);
    expect(await audit(sale)).toMatchObject({ held: 2, heldByBuyers: 2, remaining: 8, pending: 1, doubled: [] });
    await bench.harness.queue.published(sale.id, 1, [orderId]);
    expect(await audit(sale)).toMatchObject({ pending: 1 });
    await bench.harness.queue.published(sale.id, EPOCH, [orderId]);
    expect(await audit(sale)).toMatchObject({ pending: 0 });
  });

  it('drops reservations that were never stored if the ticket, the key, the limit or the order conflicts with the store', async () => {
    const sale = await load({ perBuyerLimit: 1 });
    const items = [purchase(), purchase({ userId: 'k', key: 'k:1' }), purchase({ userId: 'l' }), purchase()] as const;
    await buy(sale, items);
    await bench.harness.lose(sale.id);
    const orders = [
      knownOrder({ tickets: [1] }),
      knownOrder({ tickets: [5], userId: 'k', key: 'k:1', live: false }),
      knownOrder({ tickets: [6], userId: 'l' }),
      knownOrder({ orderId: items[3].orderId, tickets: [4], key: null, live: false }),
    ];

    expect(await rebuild(next(sale), ...orders)).toEqual({ kind: 'done', held: 2, survivors: 0 });
    for (const { orderId } of items) expect(await bench.harness.queue.find(sale.id, orderId)).toBeUndefined();
    expect(await buy(next(sale), [{ ...items[0], orderId: newOrderId() }])).toMatchObject([{ kind: 'reserved' }]);
  });

  it('drops reservations whose orders have ended, even if they were not released', async () => {
    const sale = await load({ total: 1 });
    const item = purchase();
    await buy(sale, [item]);
    await bench.harness.lose(sale.id);
    await rebuild(next(sale), knownOrder({ ...item, tickets: [1], live: false }));

    expect(await bench.harness.queue.release(sale.id, [item.orderId])).toEqual([]);
    expect(await buy(next(sale), purchases(1))).toMatchObject([{ kind: 'reserved', tickets: [1] }]);
  });

  it('keeps a closed sale closed, whether it is closed in the queue or in the catalogue', async () => {
    const [byQueue, byCatalogue] = [await load(), await load()];
    await bench.harness.queue.close(byQueue.id, 1);
    for (const { id } of [byQueue, byCatalogue]) await bench.harness.lose(id);
    await rebuild(next(byQueue));
    await rebuild({ ...next(byCatalogue), closed: true });

    expect(await buy(next(byQueue), purchases(1))).toEqual([{ kind: 'closed' }]);
    expect(await buy(next(byCatalogue), purchases(1))).toEqual([{ kind: 'closed' }]);
  });

  it('makes the sale as the catalogue has it: paused or not, with added tickets and a later end', async () => {
    const [paused, resumed] = [await load({ total: 2 }), await load({ closesAt: Date.now() - 1000 })];
    for (const sale of [paused, resumed]) {
      await bench.harness.queue.update({ ...sale, paused: true, version: 7 });
      await bench.harness.lose(sale.id);
    }
    await rebuild({ ...next(paused), paused: true, total: 3, version: 9 });
    await rebuild({ ...next(resumed), closesAt: Date.now() + 60_000, version: 9 });

    expect(await buy(next(resumed), purchases(1))).toMatchObject([{ kind: 'reserved' }]);
    expect(await buy(next(paused), purchases(1))).toEqual([{ kind: 'paused' }]);
    for (const version of [8, 9]) await bench.harness.queue.update({ ...next(paused), paused: false, version });
    expect(await buy(next(paused), purchases(1))).toEqual([{ kind: 'paused' }]);
    await bench.harness.queue.update({ ...next(paused), paused: false, version: 10 });
    expect((await buy(next(paused), purchases(4))).map(ticketOf)).toEqual([1, 2, 3, undefined]);
  });

  it('gives the stock a newer version than any before', async () => {
    const sale = await load();
    await buy(sale, purchases(5));
    const before = await bench.harness.queue.stock(sale.id);
    await bench.harness.lose(sale.id);
    await rebuild(next(sale), knownOrder({ tickets: [1] }));

    const after = await bench.harness.queue.stock(sale.id);
    expect(after?.version).toBeGreaterThan(before?.version ?? Number.NaN);
  });

  it('rebuilds more tickets and orders than one call takes', async () => {
    const total = 60_000;
    const sale = await load({ total });
    await buy(sale, purchases(200));
    await bench.harness.lose(sale.id);
    const orders = Array.from({ length: 2500 }, (_, n) => knownOrder({ tickets: [total - n] }));

    expect(await rebuildAtOnce(next(sale), orders)).toEqual({ kind: 'done', held: 2700, survivors: 200 });
    expect(await bench.harness.queue.stock(sale.id)).toMatchObject({ remaining: total - 2700 });
    expect(await audit(sale)).toMatchObject({ held: 2700, heldByBuyers: 2700, pending: 200, doubled: [] });
  });
}
