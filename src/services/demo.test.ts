import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../test/support/fakes/manual-clock.ts';
import { MemoryCatalogue } from '../../test/support/fakes/memory-catalogue.ts';
import { MemoryTicketQueue } from '../../test/support/fakes/memory-ticket-queue.ts';
import { aSale } from '../../test/support/sales.ts';
import { Fault } from '../domain/errors.ts';
import type { Sale } from '../domain/sale.ts';
import { DEMO_TICKETS, resetDemo, seedDemo } from './demo.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

function rig(stored: readonly Sale[] = []) {
  const clock = new ManualClock();
  const catalogue = new MemoryCatalogue(stored);
  const queue = new MemoryTicketQueue(clock.now);
  const ports = { catalogue, queue, clock };
  const statuses = async () => {
    const sales = await catalogue.sales({ limit: 200, includeDrafts: true });
    return Object.fromEntries(sales.map(({ id, status }) => [id, status]));
  };
  const sellOut = async (saleId: string) => {
    for (let n = 0; n < DEMO_TICKETS; n += 1) {
      const id = `buyer-${n}`;
      await queue.reserve(saleId, 1, [{ orderId: id, userId: id, key: `o:${id}`, fingerprint: '', quantity: 1 }]);
    }
  };
  return { clock, catalogue, queue, ports, statuses, sellOut };
}

const idsOf = ({ open, soon }: { readonly open: Sale; readonly soon: Sale }) => [open.id, soon.id];

describe('the demo', () => {
  it('has an open sale and one that opens in a minute, both with tickets and an existing product', async () => {
    const { ports, clock, queue, catalogue } = rig();
    const { open, soon } = await seedDemo(ports);
    expect([open.status, soon.status]).toEqual(['published', 'published']);
    expect([open.opensAt, soon.opensAt]).toEqual([clock.now(), clock.now() + MINUTE_MS]);
    for (const { id } of [open, soon]) expect((await queue.stock(id))?.remaining).toBe(DEMO_TICKETS);
    expect(await catalogue.product(open.productId)).toMatchObject({ name: 'Night One' });
  });

  it('keeps usable sales on the next start, also the upcoming one', async () => {
    const { ports, clock } = rig();
    const first = await seedDemo(ports);
    clock.advance(MINUTE_MS - 1);
    expect(await seedDemo(ports)).toEqual(first);
    clock.advance(1);
    // The upcoming sale has opened and is used as the open one; a new upcoming one is published.
    expect(idsOf(await seedDemo(ports))).toEqual(['demo-2', 'demo-3']);
  });

  it('replaces sales that are sold out, ended or closed', async () => {
    const { ports, clock, sellOut, catalogue } = rig();
    const { open, soon } = await seedDemo(ports);
    await sellOut(open.id);
    expect(idsOf(await seedDemo(ports))).toEqual(['demo-3', soon.id]);
    clock.advance(2 * DAY_MS);
    expect(idsOf(await seedDemo(ports))).toEqual(['demo-4', 'demo-5']);
    for (const id of ['demo-4', 'demo-5']) {
      const sale = (await catalogue.sale(id)) as Sale;
      await catalogue.saveSale({ ...sale, status: 'closed', version: sale.version + 1 });
    }
    expect(idsOf(await seedDemo(ports))).toEqual(['demo-6', 'demo-7']);
  });

  it('uses the next number where a concurrent start took one', async () => {
    const { ports } = rig();
    const all = await Promise.all([seedDemo(ports), seedDemo(ports)]);
    expect(new Set(all.flatMap(idsOf)).size).toBe(4);
  });
});

describe('the demo’s reset', () => {
  it('closes every demo sale and publishes a new pair, each time', async () => {
    const { ports, statuses, queue } = rig([aSale({ id: 'demo-x' }), aSale({ id: 'mine' })]);
    await seedDemo(ports);
    for (const [fresh, old] of [
      [3, 2],
      [5, 4],
    ] as const) {
      const pair = await resetDemo(ports);
      expect(idsOf(pair)).toEqual([`demo-${fresh}`, `demo-${fresh + 1}`]);
      for (let n = 1; n <= old; n += 1) expect((await statuses())[`demo-${n}`]).toBe('closed');
      for (const id of idsOf(pair)) {
        expect((await statuses())[id]).toBe('published');
        expect((await queue.stock(id))?.remaining).toBe(DEMO_TICKETS);
      }
    }
    expect(await statuses()).toMatchObject({ 'demo-x': 'published', mine: 'published' });
  });

  it('works on an empty catalogue, and restores the product', async () => {
    const { ports, catalogue } = rig();
    const { open } = await resetDemo(ports);
    const product = await catalogue.product(open.productId);
    if (product === undefined) throw new Error('no product');
    await catalogue.saveProduct({ ...product, name: 'Changed', imageUrl: 'https://example.com/', version: 2 });
    await resetDemo(ports);
    expect(await catalogue.product(open.productId)).toStrictEqual({ ...product, version: 3 });
  });

  it('that was interrupted is finished by the next one', async () => {
    const { ports, statuses, queue } = rig();
    await seedDemo(ports);
    const load = queue.load.bind(queue);
    queue.load = () => Promise.reject(new Fault('unavailable', 'down'));
    await expect(resetDemo(ports)).rejects.toMatchObject({ code: 'unavailable' });
    expect(await statuses()).toEqual({ 'demo-1': 'closed', 'demo-2': 'closed', 'demo-3': 'publishing' });
    queue.load = load;
    expect(idsOf(await resetDemo(ports))).toEqual(['demo-4', 'demo-5']);
    expect((await statuses())['demo-3']).toBe('closed');
  });
});
