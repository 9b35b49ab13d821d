import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Sale } from '../../../src/domain/sale.ts';
import { archiveSale } from '../../../src/services/archive-sale.ts';
import { auditRig, wrongIn } from '../../support/audit-rig.ts';
import { nextSaleId } from '../../support/orders.ts';

let rig: Awaited<ReturnType<typeof auditRig>>;
let sale: Sale;

beforeEach(async () => {
  rig = await auditRig();
  sale = await rig.open();
});

afterEach(() => rig.close());

const NOTHING = { unpublished: 0, unstored: 0, returning: 0, uncounted: 0 };

describe('a sound sale', () => {
  test('that sold nothing has all its tickets in the queue', async () => {
    const result = await rig.audit(sale);
    expect(result).toMatchObject({ saleId: sale.id, epoch: 1, ok: true, inFlight: NOTHING });
    expect(result.invariants.map(({ name }) => name)).toEqual([
      'tickets',
      'one_place',
      'buyer_limit',
      'stored',
      'ledger',
      'live_state',
      'money',
    ]);
    expect(wrongIn(result)).toEqual({});
  });

  test('with orders of several tickets counts tickets, and each order once', async () => {
    const [paid, back] = [await rig.buy(sale, 'a', 'counted', 2), await rig.buy(sale, 'b', 'counted', 2)];
    await rig.pay(paid);
    await rig.ports.store.transition('expired', [back.orderId], 2);
    await rig.ports.queue.release(sale.id, [back.orderId]);
    await rig.ports.store.returned([back.orderId]);
    await rig.buy(sale, 'c');
    const result = await rig.audit(sale);
    expect(result).toMatchObject({ ok: true, inFlight: NOTHING });
    const counts = result.invariants.map(({ name, counted }) => [name, counted.map(({ count }) => count)]);
    expect(Object.fromEntries(counts)).toEqual({
      tickets: [10, 3, 7],
      one_place: [3, 7, 3],
      buyer_limit: [2, 2, 2],
      stored: [3, 3, 0],
      ledger: [3, 3],
      live_state: [5, 5, 5],
      money: [1, 1, 0],
    });
  });

  test('that is archived is audited without its queue, in which nothing is missing', async () => {
    const paid = await rig.buy(sale, 'a', 'counted', 2);
    const back = await rig.buy(sale, 'b');
    await rig.pay(paid);
    await rig.ports.store.transition('expired', [back.orderId], 2);
    await rig.ports.queue.release(sale.id, [back.orderId]);
    await rig.ports.store.returned([back.orderId]);
    const { queue, catalogue, store, auditSources, clock } = rig.ports;
    const ended = { now: () => clock.now() + 7_200_000 };
    const archived = await archiveSale(
      sale.id,
      { queue, catalogue, store, auditSources, clock: ended },
      { by: 'boss' },
    );
    expect(archived).toMatchObject({ kind: 'changed', sale: { status: 'archived' } });

    const result = await rig.audit(sale);
    expect(result).toMatchObject({ ok: true, archived: true, inFlight: NOTHING });
    const counts = result.invariants.map(({ name, counted }) => [name, counted.map(({ count }) => count)]);
    expect(Object.fromEntries(counts)).toEqual({
      tickets: [10, 2, 8],
      one_place: [2, 8, 2],
      buyer_limit: [2, 2, 2],
      stored: [2, 2, 0],
      ledger: [2, 2],
      live_state: [3, 3, 3],
      money: [1, 1, 0],
    });
    expect(wrongIn(result)).toEqual({});
  });

  test('that is archived still shows what the store lacks', async () => {
    const { orderId, ticket } = await rig.buy(sale, 'a');
    await rig.ports.catalogue.saveSale({ ...sale, status: 'archived', version: 2 });
    await rig.ports.queue.remove(sale.id);
    await rig.sql('DELETE FROM orders WHERE id = ?', orderId);
    await rig.sql('DELETE FROM order_tickets WHERE order_id = ?', orderId);

    expect(wrongIn(await rig.audit(sale))).toEqual({
      stored: [{ ticket, orderId, log: `order ${orderId} holds ticket ${ticket}`, store: `no order ${orderId}` }],
    });
  });

  test('with paid orders and returned tickets is counted the same in every source', async () => {
    const [paid, back] = [await rig.buy(sale, 'a'), await rig.buy(sale, 'b')];
    await rig.buy(sale, 'a');
    await rig.pay(paid);
    await rig.ports.store.transition('expired', [back.orderId], 2);
    await rig.ports.queue.release(sale.id, [back.orderId]);
    await rig.ports.store.returned([back.orderId]);
    for (let n = 0; n < 8; n += 1) await rig.buy(sale, `c-${n}`);
    const result = await rig.audit(sale);
    expect(result).toMatchObject({ ok: true, inFlight: NOTHING });
    const counts = Object.fromEntries(
      result.invariants.map(({ name, counted }) => [name, counted.map(({ count }) => count)]),
    );
    expect(counts).toEqual({
      tickets: [10, 10, 0],
      one_place: [10, 0, 10],
      buyer_limit: [2, 2, 2],
      stored: [11, 11, 0],
      ledger: [10, 10],
      live_state: [11, 11, 11],
      money: [1, 1, 0],
    });
  });

  test('may have a record in the log twice, which counts twice', async () => {
    const order = await rig.buy(sale, 'a');
    const [row] = (await rig.sql('SELECT payload FROM log')) as { payload: string }[];
    await rig.sql('INSERT INTO log (payload) VALUES (?)', row?.payload ?? '');
    await rig.ports.store.store({ group: 'settlement', positions: [{ partition: 0, next: 3 }], orders: [] });
    await rig.ports.live.apply(0, [{ saleId: sale.id, offset: 2, second: 1, reserved: 1 }]);
    expect(order.ticket).toBe(1);
    expect(await rig.audit(sale)).toMatchObject({ ok: true, inFlight: NOTHING });
  });

  test('is not a draft, nor an unknown sale', async () => {
    const draft = await rig.open({ status: 'draft' });
    expect(await rig.outcome(draft.id)).toEqual({ kind: 'notPublished' });
    expect(await rig.outcome(nextSaleId())).toEqual({ kind: 'unknown' });
  });

  test('that the queue does not know can’t be audited', async () => {
    await rig.sql('DELETE FROM queue_sale WHERE id = ?', sale.id);
    await expect(rig.outcome(sale.id)).rejects.toMatchObject({ code: 'fenced' });
  });
});

describe('in flight, and no discrepancy, is', () => {
  test('a reservation that is not published yet', async () => {
    await rig.buy(sale, 'a', 'reserved');
    expect(await rig.audit(sale)).toMatchObject({ ok: true, inFlight: { ...NOTHING, unpublished: 1 } });
  });

  test('an order in the log that is neither stored nor counted yet', async () => {
    await rig.buy(sale, 'a');
    await rig.buy(sale, 'a', 'logged');
    expect(await rig.audit(sale)).toMatchObject({ ok: true, inFlight: { ...NOTHING, unstored: 1, uncounted: 1 } });
  });

  test('an order that is stored and not counted yet', async () => {
    await rig.buy(sale, 'a', 'stored');
    expect(await rig.audit(sale)).toMatchObject({ ok: true, inFlight: { ...NOTHING, uncounted: 1 } });
  });

  test('the ticket of an ended order that is not returned yet', async () => {
    const { orderId } = await rig.buy(sale, 'a');
    await rig.ports.store.transition('cancelled', [orderId], 1);
    expect(await rig.audit(sale)).toMatchObject({ ok: true, inFlight: { ...NOTHING, returning: 1 } });
  });

  test('what happens between the reading of one source and the next', async () => {
    const bought = [await rig.buy(sale, 'a'), await rig.buy(sale, 'a')];
    const { queue, ...others } = rig.ports.auditSources;
    let moves = 0;
    /** After each reading of the queue's ledger one order is cancelled and another one made. */
    const ports = {
      auditSources: {
        ...others,
        queue: {
          ...queue,
          reservations: async function* (saleId: string) {
            yield* queue.reservations(saleId);
            const ids = bought.slice(moves, moves + 1).map(({ orderId }) => orderId);
            moves += 1;
            await rig.ports.store.transition('cancelled', ids, 1);
            await rig.ports.queue.release(saleId, ids);
            await rig.ports.store.returned(ids);
            await rig.buy(sale, 'b');
          },
        },
      },
    };
    expect(await rig.audit(sale, ports)).toMatchObject({ ok: true, inFlight: NOTHING });
    expect(moves).toBe(2);
  });

  /** In so many readings of the queue ticket 10 is on its way: sold and returned, behind the ledger and before the queue. */
  const onItsWay = (readings: number, moves: boolean) => {
    const { queue, ...others } = rig.ports.auditSources;
    let read = 0;
    const snapshot = async (saleId: string) => {
      const real = await queue.snapshot(saleId);
      return real && { ...real, version: real.version + (moves ? read : 0) };
    };
    const queued = async function* (saleId: string) {
      read += 1;
      const isAway = read <= readings;
      for await (const page of queue.queued(saleId)) yield page.filter((ticket) => !(isAway && ticket === 10));
    };
    return { auditSources: { ...others, queue: { ...queue, snapshot, queued } } };
  };

  test.each([2, 3])('the same ticket on its way in each of %i snapshots', async (readings) => {
    await rig.buy(sale, 'a');
    expect(await rig.audit(sale, onItsWay(readings, true))).toMatchObject({ ok: true, inFlight: NOTHING });
  });

  test('but nothing is on its way while no ticket moves', async () => {
    await rig.buy(sale, 'a');
    expect(wrongIn(await rig.audit(sale, onItsWay(2, false)))).toEqual({
      one_place: [{ ticket: 10, queue: 'neither held nor available' }],
    });
  });

  test('what the worker stores while the audit waits for it', async () => {
    await rig.buy(sale, 'a', 'logged');
    let asked = 0;
    const store = {
      ...rig.ports.store,
      position: async (group: string, partition: number) => {
        asked += 1;
        if (asked === 2) await rig.ports.store.store({ group, positions: [{ partition, next: 2 }], orders: [] });
        return rig.ports.store.position(group, partition);
      },
    };
    // The position is behind the order, which is not stored: it is no longer in flight.
    const result = await rig.audit(sale, { store }, 5000);
    expect(result.inFlight).toMatchObject({ unstored: 0 });
    expect(Object.keys(wrongIn(result))).toContain('stored');
  });
});
