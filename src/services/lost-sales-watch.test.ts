import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../test/support/fakes/manual-clock.ts';
import { MemoryCatalogue } from '../../test/support/fakes/memory-catalogue.ts';
import { MemoryTicketQueue } from '../../test/support/fakes/memory-ticket-queue.ts';
import { aSale } from '../../test/support/sales.ts';
import { watchLostSales } from './lost-sales-watch.ts';

const SALES = 1000;

async function rig() {
  const clock = new ManualClock();
  const sales = Array.from({ length: SALES }, (_, n) => aSale({ id: `s${n + 1000}` }));
  const catalogue = new MemoryCatalogue(sales);
  const queue = new MemoryTicketQueue(clock.now);
  for (const sale of sales) await queue.load(sale);
  const server = { incarnation: 'a' as string | undefined, asked: 0 };
  const recovery = {
    state: (saleId: string, epoch: number) => {
      server.asked += 1;
      return queue.state(saleId, epoch);
    },
    incarnation: async () => server.incarnation,
  };
  return { clock, catalogue, queue, server, recovery, find: watchLostSales({ recovery, catalogue, clock }) };
}

describe('the watch for lost sales', () => {
  it('asks for each sale once, and then now and then, while neither the queue nor a sale changes', async () => {
    const { clock, server, find } = await rig();
    for (let n = 0; n < 10; n += 1) {
      expect(await find()).toEqual([]);
      clock.advance(500);
    }
    expect(server.asked).toBe(SALES);
    await find();
    expect(server.asked).toBe(2 * SALES);
  });

  it('finds a lost sale at once when the queue has restarted', async () => {
    const { queue, server, find } = await rig();
    await find();
    server.incarnation = 'b';
    queue.lose('s1500');
    expect(await find()).toEqual(['s1500']);
    // As long as it is lost.
    expect(await find()).toEqual(['s1500']);
  });

  it('asks for each sale while the queue does not serve, or is on several servers', async () => {
    const { catalogue, clock, recovery, server, find } = await rig();
    server.incarnation = undefined;
    await find();
    await find();
    expect(server.asked).toBe(2 * SALES);
    const cluster = watchLostSales({ recovery: { state: recovery.state }, catalogue, clock });
    await cluster();
    await cluster();
    expect(server.asked).toBe(4 * SALES);
  });

  it('asks again when a sale is new', async () => {
    const { catalogue, find } = await rig();
    await find();
    await catalogue.addSale(aSale({ id: 'new' }));
    expect(await find()).toEqual(['new']);
  });

  it('asks again after a fault', async () => {
    const { queue, server, recovery, catalogue, clock } = await rig();
    const states = { failing: true };
    const find = watchLostSales({
      recovery: {
        ...recovery,
        state: async (saleId, epoch) => {
          if (states.failing) throw new Error('unreachable');
          return recovery.state(saleId, epoch);
        },
      },
      catalogue,
      clock,
    });
    await expect(find()).rejects.toThrow('unreachable');
    states.failing = false;
    queue.lose('s1001');
    expect(await find()).toEqual(['s1001']);
    expect(server.asked).toBe(SALES);
  });
});
