import { expect, it } from 'vitest';
import { MAX_QUANTITY } from '../../../src/domain/order.ts';
import { purchase, purchases } from '../fixtures.ts';
import { ticketsOf } from '../ticket-queue/harness.ts';
import { again, knownOrder, type RecoveryBench } from './harness.ts';

/** A rebuilt sale in which orders have several tickets. */
export function rebuildsSeveralTickets(bench: RecoveryBench): void {
  const { load, next, buy, rebuild, rebuildAtOnce, audit } = bench;

  it('gives them all of their tickets, and the same answers to their keys', async () => {
    const sale = await load({ total: 9, perBuyerLimit: 4 });
    await bench.harness.wipe(sale.id);
    const [live, ended] = [knownOrder({ tickets: [2, 5, 9] }), knownOrder({ tickets: [3, 4], live: false })];
    expect(await rebuild(next(sale), live, ended)).toEqual({ kind: 'done', held: 3, survivors: 0 });

    expect(await buy(next(sale), [again(live), again(ended)])).toEqual(
      [live, ended].map(({ orderId, tickets, reservedAt }) => ({
        ...{ kind: 'replayed', orderId, tickets, reservedAt },
        published: true,
      })),
    );
    expect(await bench.harness.queue.find(sale.id, live.orderId)).toMatchObject({ tickets: [2, 5, 9] });
    expect(await audit(sale)).toMatchObject({ held: 3, heldByBuyers: 3, remaining: 6, pending: 0, doubled: [] });
    expect((await buy(next(sale), [purchase({ quantity: 4 }), ...purchases(3)])).map(ticketsOf)).toEqual([
      ...[[1, 3, 4, 6], [7], [8], []],
    ]);
    expect(await bench.harness.queue.release(sale.id, [live.orderId])).toEqual([live.orderId]);
    expect((await buy(next(sale), [purchase({ quantity: 3 })])).map(ticketsOf)).toEqual([[2, 5, 9]]);
  });

  it("counts the tickets of live ones towards their buyers' limits, each order once", async () => {
    const sale = await load({ perBuyerLimit: 4 });
    await bench.harness.wipe(sale.id);
    const orders = [[1, 2], [3], [4, 5]].map((tickets) => knownOrder({ tickets, userId: 'u', live: tickets[0] !== 4 }));
    await rebuild(next(sale), ...orders, ...orders);

    const by = (quantity: number) => purchase({ userId: 'u', quantity });
    expect(await buy(next(sale), [by(2), by(1), by(1)])).toMatchObject([
      ...[{ kind: 'limitReached' }, { kind: 'reserved' }, { kind: 'limitReached' }],
    ]);
    expect(await audit(sale)).toMatchObject({ held: 4, heldByBuyers: 4, remaining: 6, doubled: [] });
  });

  it('keeps those that were never stored with all of their tickets', async () => {
    const sale = await load({ perBuyerLimit: 4 });
    const [stored, stranded] = [purchase({ quantity: 2 }), purchase({ quantity: 3, key: 'k:1' })];
    const [, answer] = await buy(sale, [stored, stranded]);
    await bench.harness.lose(sale.id);

    const result = await rebuild(next(sale), knownOrder({ ...stored, tickets: [1, 2] }));
    expect(result).toEqual({ kind: 'done', held: 5, survivors: 1 });
    const { orderId, userId, key } = stranded;
    const { reservedAt } = answer as { reservedAt: number };
    expect(await bench.harness.queue.claimStranded(sale.id, { leaseMs: 60_000, max: 10 })).toEqual([
      { orderId, userId, key, tickets: [3, 4, 5], reservedAt },
    ]);
    expect(await buy(next(sale), [again(stranded)])).toMatchObject([
      { kind: 'replayed', orderId, tickets: [3, 4, 5], published: false },
    ]);
    expect(await audit(sale)).toMatchObject({ held: 5, heldByBuyers: 5, remaining: 5, pending: 1, doubled: [] });
  });

  it('drops those that were never stored as a whole if one ticket is taken or does not exist any more', async () => {
    const sale = await load({ perBuyerLimit: 4 });
    const items = [purchase({ quantity: 3 }), purchase({ quantity: 4 }), purchase({ quantity: 2 })];
    await buy(sale, items);
    await bench.harness.lose(sale.id);

    const orders = [knownOrder({ tickets: [3] }), knownOrder({ tickets: [5, 6] })];
    expect(await rebuild(next({ ...sale, total: 8 }), ...orders)).toEqual({ kind: 'done', held: 3, survivors: 0 });
    for (const { orderId } of items) expect(await bench.harness.queue.find(sale.id, orderId)).toBeUndefined();
    expect((await buy(next(sale), [purchase({ quantity: 4 }), ...purchases(2)])).map(ticketsOf)).toEqual([
      ...[[1, 2, 4, 7], [8], []],
    ]);
    expect(await audit(sale)).toMatchObject({ held: 8, heldByBuyers: 8, remaining: 0, doubled: [] });
  });

  it("drops those that were never stored if the buyer's limit does not allow all of their tickets", async () => {
    const sale = await load({ perBuyerLimit: 4 });
    const [dropped, kept] = [purchase({ quantity: 3, userId: 'u' }), purchase({ quantity: 2, userId: 'v' })];
    await buy(sale, [dropped, kept]);
    await bench.harness.lose(sale.id);
    const orders = ['u', 'v'].map((userId, n) => knownOrder({ userId, tickets: [7 + 2 * n, 8 + 2 * n] }));

    expect(await rebuild(next(sale), ...orders)).toEqual({ kind: 'done', held: 6, survivors: 1 });
    expect(await bench.harness.queue.find(sale.id, dropped.orderId)).toBeUndefined();
    expect(await bench.harness.queue.find(sale.id, kept.orderId)).toMatchObject({ tickets: [4, 5] });
    expect(await audit(sale)).toMatchObject({ held: 6, heldByBuyers: 6, remaining: 4, doubled: [] });
  });

  it('takes more of them than one call', async () => {
    const [total, each] = [60_000, MAX_QUANTITY];
    const sale = await load({ total, perBuyerLimit: each });
    await buy(sale, purchases(200, { quantity: each }));
    await bench.harness.lose(sale.id);
    const orders = Array.from({ length: 2500 }, (_, n) => {
      return knownOrder({ tickets: Array.from({ length: each }, (_, i) => total - each * (n + 1) + i + 1) });
    });
    const held = 2700 * each;

    expect(await rebuildAtOnce(next(sale), orders)).toEqual({ kind: 'done', held, survivors: 200 });
    expect(await audit(sale)).toMatchObject({
      ...{ held, heldByBuyers: held, remaining: total - held, pending: 200, doubled: [] },
    });
  });
}
