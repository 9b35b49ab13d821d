import { expect, it } from 'vitest';
import { newOrderId, purchase, purchases } from '../fixtures.ts';
import { ticketOf } from '../ticket-queue/harness.ts';
import { EPOCH, knownOrder, type RecoveryBench } from './harness.ts';

/** The steps of a recovery, also if it is interrupted, repeated or superseded. */
export function takesSteps(bench: RecoveryBench): void {
  const { load, next, buy, rebuild } = bench;

  it('reports a sale as sound, at its own epoch only', async () => {
    const sale = await load();

    expect(await bench.harness.recovery.state(sale.id, 1)).toBe('sound');
    expect(await bench.harness.recovery.state(sale.id, 2)).toBe('lost');
    expect(await bench.harness.recovery.state('no sale', 1)).toBe('unknown');
  });

  it('reports a sale that was lost or wiped, and decides nothing in it', async () => {
    const [lost, wiped] = [await load(), await load()];
    await bench.harness.lose(lost.id);
    await bench.harness.wipe(wiped.id);

    expect(await bench.harness.recovery.state(lost.id, 1)).toBe('lost');
    await expect(bench.harness.queue.reserve(lost.id, 1, purchases(1))).rejects.toMatchObject({ code: 'fenced' });
    expect(await bench.harness.recovery.state(wiped.id, 1)).toBe('unknown');
    expect(await bench.harness.queue.reserve(wiped.id, 1, purchases(1))).toEqual({ kind: 'unknownSale' });
  });

  it('has the same result after an interruption and a repetition', async () => {
    const sale = await load({ total: 4 });
    const stranded = purchase();
    await buy(sale, [stranded]);
    await bench.harness.lose(sale.id);
    const torn = async function* () {
      yield [knownOrder({ tickets: [3] })];
      throw new Error('the store is unavailable');
    };
    await expect(bench.harness.recovery.rebuild(next(sale), torn())).rejects.toThrow('the store is unavailable');
    await expect(bench.harness.queue.stock(sale.id)).rejects.toMatchObject({ code: 'fenced' });
    expect(await bench.harness.recovery.state(sale.id, EPOCH)).toBe('lost');

    expect(await rebuild(next(sale), knownOrder({ tickets: [4] }))).toEqual({ kind: 'done', held: 2, survivors: 1 });
    expect((await buy(next(sale), purchases(3))).map(ticketOf)).toEqual([2, 3, undefined]);
  });

  it('changes nothing if it is repeated after its completion', async () => {
    const sale = await load();
    await bench.harness.lose(sale.id);
    await rebuild(next(sale));
    const item = purchase();
    await buy(next(sale), [item]);
    const before = await bench.harness.queue.stock(sale.id);

    expect(await rebuild(next(sale), knownOrder({ tickets: [1] }))).toMatchObject({ kind: 'done', held: 1 });
    expect(await bench.harness.queue.stock(sale.id)).toEqual(before);
    expect(await bench.harness.queue.find(sale.id, item.orderId)).toMatchObject({ tickets: [1] });
  });

  it('is superseded by one of a later epoch, even if that has only sealed the sale', async () => {
    const sale = await load();
    await bench.harness.lose(sale.id);
    expect(await bench.harness.recovery.seal(next(sale, 3))).toMatchObject({ kind: 'done' });

    expect(await rebuild(next(sale, 2))).toEqual({ kind: 'superseded', epoch: 3 });
    expect(await bench.harness.recovery.seal(next(sale, 2))).toEqual({ kind: 'superseded', epoch: 3 });
    expect(await rebuild(next(sale, 3))).toMatchObject({ kind: 'done' });
    expect(await rebuild(next(sale, 2))).toEqual({ kind: 'superseded', epoch: 3 });
    expect(await bench.harness.recovery.state(sale.id, 3)).toBe('sound');
  });

  it('is superseded halfway by one of a later epoch', async () => {
    const sale = await load({ total: 3 });
    await bench.harness.lose(sale.id);
    const overtaken = async function* () {
      await rebuild(next(sale, 3), knownOrder({ tickets: [2] }));
      yield [knownOrder({ tickets: [1] })];
    };

    await bench.harness.recovery
      .rebuild(next(sale, 2), overtaken())
      .catch((error) => expect(error).toMatchObject({ code: 'fenced' }));
    expect((await buy(next(sale, 3), purchases(3))).map(ticketOf)).toEqual([1, 3, undefined]);
  });

  it('closes a sound sale by its seal', async () => {
    const sale = await load();
    await bench.harness.recovery.seal(next(sale));

    await expect(bench.harness.queue.reserve(sale.id, 1, purchases(1))).rejects.toMatchObject({ code: 'fenced' });
    await expect(bench.harness.queue.release(sale.id, [newOrderId()])).rejects.toMatchObject({ code: 'fenced' });
    expect(await bench.harness.recovery.state(sale.id, EPOCH)).toBe('lost');
  });

  it('keeps a wiped sale closed from its seal on', async () => {
    const sale = await load();
    await bench.harness.wipe(sale.id);
    await bench.harness.recovery.seal(next(sale));

    await expect(bench.harness.queue.release(sale.id, [newOrderId()])).rejects.toMatchObject({ code: 'fenced' });
    await expect(bench.harness.queue.load(sale)).rejects.toMatchObject({ code: 'fenced' });
  });
}
