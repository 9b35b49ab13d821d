import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { encodeRecord } from '../../../src/adapters/log-codec.ts';
import type { Sale } from '../../../src/domain/sale.ts';
import { auditRig, type RigOrder, wrongIn } from '../../support/audit-rig.ts';

let rig: Awaited<ReturnType<typeof auditRig>>;
let sale: Sale;

beforeEach(async () => {
  rig = await auditRig();
  sale = await rig.open();
});

afterEach(() => rig.close());

describe('the audit finds and describes', () => {
  let orders: RigOrder[];

  beforeEach(async () => {
    orders = [];
    for (const buyer of ['a', 'b', 'c']) orders.push(await rig.buy(sale, buyer));
    expect((await rig.audit(sale)).ok).toBe(true);
  });

  const order = (n: number) => orders[n] as RigOrder;

  test('a ticket that is missing from the queue', async () => {
    await rig.sql('UPDATE queue_sale SET fresh = fresh + 1 WHERE id = ?', sale.id);
    const result = await rig.audit(sale);
    expect(result.ok).toBe(false);
    expect(wrongIn(result)).toEqual({
      tickets: [{ catalogue: '10 tickets', queue: '3 held, 6 remaining' }],
      one_place: [{ ticket: 4, queue: 'neither held nor available' }],
    });
  });

  test('a ticket that two orders hold, or an order and the queue', async () => {
    const [first, second, third] = [order(0), order(1), order(2)];
    await rig.sql('DROP INDEX queue_ticket');
    await rig.sql('UPDATE queue_reservation SET ticket = 2 WHERE order_id = ?', third.orderId);
    await rig.sql('INSERT INTO queue_returned (sale, place, ticket) SELECT n, tail, 1 FROM queue_sale');
    const wrong = wrongIn(await rig.audit({ ...sale }, { auditSources: unindexed() }));
    expect(wrong.one_place).toEqual(
      expect.arrayContaining([
        {
          ticket: 2,
          catalogue: 'one order per ticket',
          queue: `order ${second.orderId} of buyer b holds ticket 2; order ${third.orderId} of buyer c holds ticket 2`,
        },
        {
          ticket: 1,
          orderId: first.orderId,
          queue: `order ${first.orderId} of buyer a holds ticket 1, which is also available`,
        },
        { ticket: 3, queue: 'neither held nor available' },
      ]),
    );
  });

  /** The queue's snapshot counts by the index that this test drops. */
  function unindexed() {
    const { queue, ...others } = rig.ports.auditSources;
    const snapshot = async () => ({ epoch: 1, version: 1, total: 10, held: 3, remaining: 7, pending: 0 });
    return { ...others, queue: { ...queue, snapshot } };
  }

  /** Another ticket for an order in the store, instead of its own. */
  async function giveTicket(ticket: number, orderId: string): Promise<void> {
    await rig.sql('UPDATE orders SET ticket = ? WHERE id = ?', ticket, orderId);
    await rig.sql('UPDATE order_tickets SET ticket = ? WHERE order_id = ?', ticket, orderId);
  }

  test('a ticket of two live orders', async () => {
    // Without the key that admits one live order a ticket.
    await rig.sql('ALTER TABLE order_tickets RENAME TO proper_order_tickets');
    await rig.sql('CREATE TABLE order_tickets AS SELECT * FROM proper_order_tickets');
    await giveTicket(1, order(1).orderId);
    expect(wrongIn(await rig.audit(sale))).toEqual({
      one_place: [
        {
          ticket: 1,
          catalogue: 'one order per ticket',
          store:
            `order ${order(0).orderId} of buyer a has ticket 1, reserved; ` +
            `order ${order(1).orderId} of buyer b has ticket 1, reserved`,
        },
      ],
      ledger: [
        {
          ticket: 2,
          orderId: order(1).orderId,
          queue: `order ${order(1).orderId} of buyer b holds ticket 2`,
          store: `order ${order(1).orderId} of buyer b has ticket 1, reserved`,
        },
      ],
    });
  });

  test('a ticket that is not one of the sale’s', async () => {
    await giveTicket(11, order(0).orderId);
    await rig.sql('UPDATE queue_reservation SET ticket = -3 WHERE order_id = ?', order(1).orderId);
    await rig.sql('INSERT INTO queue_returned (sale, place, ticket) SELECT n, tail, 12 FROM queue_sale');
    const { one_place } = wrongIn(await rig.audit(sale));
    const catalogue = 'tickets 1 to 10';
    expect(one_place).toEqual(
      expect.arrayContaining([
        { ticket: 12, catalogue, queue: 'available' },
        {
          ticket: -3,
          orderId: order(1).orderId,
          catalogue,
          queue: `order ${order(1).orderId} of buyer b holds ticket -3`,
        },
        {
          ticket: 11,
          orderId: order(0).orderId,
          catalogue,
          store: `order ${order(0).orderId} of buyer a has ticket 11, reserved`,
        },
      ]),
    );
  });

  test('an order of which the store has a part only', async () => {
    const { orderId, ticket } = await rig.buy(sale, 'z', 'counted', 2);
    await rig.sql('DELETE FROM order_tickets WHERE order_id = ? AND ticket = ?', orderId, ticket + 1);
    const tickets = `tickets ${ticket}, ${ticket + 1}`;
    expect(wrongIn(await rig.audit(sale))).toEqual({
      ledger: [
        {
          ticket: ticket + 1,
          orderId,
          queue: `order ${orderId} of buyer z holds ${tickets}`,
          store: `order ${orderId} of buyer z has ${tickets}, reserved`,
        },
      ],
    });
  });

  test('an order that is missing from the store, live or ended', async () => {
    const [live, ended] = [order(0), order(1)];
    await rig.ports.store.transition('expired', [ended.orderId], 1);
    await rig.ports.queue.release(sale.id, [ended.orderId]);
    await rig.ports.store.returned([ended.orderId]);
    await rig.sql('DELETE FROM orders WHERE id IN (?, ?)', live.orderId, ended.orderId);
    expect(wrongIn(await rig.audit(sale))).toEqual({
      stored: [live, ended].map(({ orderId, ticket }) => ({
        ticket,
        orderId,
        log: `order ${orderId} holds ticket ${ticket}`,
        store: `no order ${orderId}`,
      })),
      ledger: [
        {
          ticket: live.ticket,
          orderId: live.orderId,
          queue: `order ${live.orderId} of buyer a holds ticket ${live.ticket}`,
          store: `no order ${live.orderId}`,
        },
      ],
    });
  });

  test('an order whose record is a dead letter, with the reason', async () => {
    const { orderId, ticket } = order(2);
    await rig.sql('DELETE FROM orders WHERE id = ?', orderId);
    const [row] = (await rig.sql('SELECT payload FROM log WHERE position = 3')) as { payload: string }[];
    const letter = { group: 'settlement', partition: 0, offset: 3, reason: 'value out of range', attempts: 3 };
    await rig.ports.log.deadLetter({ ...letter, raw: row?.payload ?? '' });
    await rig.ports.log.deadLetter({
      ...letter,
      offset: 4,
      raw: encodeRecord({ type: 'fence', saleId: 's', epoch: 2 }),
    });
    expect(wrongIn(await rig.audit(sale)).stored).toEqual([
      {
        ticket,
        orderId,
        log: `order ${orderId} holds ticket ${ticket}; its record is a dead letter: value out of range`,
        store: `no order ${orderId}`,
      },
    ]);
  });

  test('a ledger entry that was changed, or is missing', async () => {
    await rig.sql(`UPDATE queue_reservation SET buyer = 'x' WHERE order_id = ?`, order(0).orderId);
    await rig.ports.queue.release(sale.id, [order(1).orderId]);
    expect(wrongIn(await rig.audit(sale))).toEqual({
      ledger: [
        {
          ticket: 1,
          orderId: order(0).orderId,
          queue: `order ${order(0).orderId} of buyer x holds ticket 1`,
          store: `order ${order(0).orderId} of buyer a has ticket 1, reserved`,
        },
        {
          ticket: 2,
          orderId: order(1).orderId,
          queue: `available; order ${order(1).orderId} holds no ticket`,
          store: `order ${order(1).orderId} of buyer b has ticket 2, reserved`,
        },
      ],
    });
  });

  test('an ended order whose ticket is never returned', async () => {
    const { orderId } = order(0);
    await rig.ports.store.transition('expired', [orderId], 1);
    await rig.ports.store.returned([orderId]);
    expect(wrongIn(await rig.audit(sale))).toEqual({
      ledger: [
        {
          ticket: 1,
          orderId,
          queue: `order ${orderId} of buyer a holds ticket 1`,
          store: `order ${orderId} of buyer a has ticket 1, expired`,
        },
      ],
    });
  });

  test('a buyer over the limit, in the ledger and in the store', async () => {
    await rig.sql(`UPDATE queue_reservation SET buyer = 'a'`);
    await rig.sql(`UPDATE orders SET user_id = 'a' WHERE sale_id = ?`, sale.id);
    expect(wrongIn(await rig.audit(sale))).toEqual({
      buyer_limit: [
        {
          catalogue: 'at most 2 per buyer',
          queue: orders.map(({ orderId, ticket }) => `order ${orderId} of buyer a holds ticket ${ticket}`).join('; '),
        },
        {
          catalogue: 'at most 2 per buyer',
          store: orders
            .map(({ orderId, ticket }) => `order ${orderId} of buyer a has ticket ${ticket}, reserved`)
            .join('; '),
        },
      ],
    });
  });

  test.each([
    ['too many', 1, 'UPDATE live_sale SET reserved = reserved + 1', '4 tickets'],
    ['too few', 1, 'UPDATE live_sale SET reserved = reserved - 1', '2 tickets'],
    ['too many in a second', 1, 'UPDATE live_second SET reserved = reserved + 5', 'in the timeline'],
    ['all of them lost', 2, 'DELETE FROM live_second; DELETE FROM live_sale', '0 tickets'],
  ])('a live count that was changed: %s', async (_what, found, statements, words) => {
    for (const statement of statements.split('; ')) await rig.sql(statement);
    const wrong = wrongIn(await rig.audit(sale));
    expect(Object.keys(wrong)).toEqual(['live_state']);
    expect(wrong.live_state).toHaveLength(found);
    expect(wrong.live_state?.[0]).toMatchObject({ log: '3 tickets', live: expect.stringContaining(words) });
    expect(wrong.live_state?.[0]?.live).toContain(`floodgate live rebuild ${sale.id}`);
    expect(wrong.live_state?.[0]?.live).toContain(`POST /v1/admin/sales/${sale.id}/live/rebuild`);
  });

  test('a queue of another epoch, or of another size', async () => {
    await rig.sql('UPDATE queue_sale SET epoch = 3, total = 12');
    expect(wrongIn(await rig.audit(sale)).tickets).toEqual([
      { catalogue: 'epoch 1', queue: 'epoch 3' },
      { catalogue: '10 tickets', queue: '12 tickets' },
      { catalogue: '10 tickets', queue: '3 held, 9 remaining' },
    ]);
  });

  test('every one of many, and describes the first hundred', async () => {
    const large = await rig.open({ total: 1000 });
    await rig.sql('UPDATE queue_sale SET fresh = 501 WHERE id = ?', large.id);
    const { invariants } = await rig.audit(large);
    const places = invariants.find(({ name }) => name === 'one_place');
    expect(places).toMatchObject({ found: 500, ok: false });
    expect(places?.differences).toHaveLength(100);
  });
});
