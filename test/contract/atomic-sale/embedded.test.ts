import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createEmbeddedAtomicSale } from '../../../src/adapters/embedded/atomic-sale.ts';
import { createEmbeddedQueueAuditSource } from '../../../src/adapters/embedded/audit-source.ts';
import { createEmbeddedOrderLog, type EmbeddedOrderLog } from '../../../src/adapters/embedded/order-log.ts';
import { createEmbeddedTicketQueue } from '../../../src/adapters/embedded/ticket-queue.ts';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import type { AtomicSale, SellItem } from '../../../src/ports/atomic-sale.ts';
import type { ReserveAnswer, ReserveItem, TicketQueue } from '../../../src/ports/ticket-queue.ts';
import { inOneMinute } from '../../support/in-one-minute.ts';
import { auditQueue } from '../../support/queue-audit.ts';
import { BUILT_WORKER, type EmbeddedFile, openEmbeddedFile } from '../embedded-file.ts';
import { newName, newOrderId, openSale, purchase, purchases } from '../fixtures.ts';
import { LogMember } from '../order-log/member.ts';

const TERMS = { productId: 'product-1', price: { amount: 12_999, currency: 'USD' }, payWithinSeconds: 900 };

describe.each([
  ['inline', false],
  ['in its own thread', BUILT_WORKER],
] as const)('the embedded atomic sale, %s', (_, thread) => {
  let file: EmbeddedFile;
  let queue: TicketQueue;
  let log: EmbeddedOrderLog;
  let atomicSale: AtomicSale;
  /** The calls that notify the readers of the log. */
  let notified: Parameters<EmbeddedOrderLog['appended']>[];
  const sale = { ...openSale(), ...TERMS };

  beforeEach(async () => {
    file = await openEmbeddedFile(thread);
    queue = createEmbeddedTicketQueue({ engine: file.engine, clock: systemClock });
    log = createEmbeddedOrderLog(file.engine);
    atomicSale = createEmbeddedAtomicSale({
      engine: file.engine,
      clock: systemClock,
      log: {
        appended: (...entry) => {
          notified.push(entry);
          log.appended(...entry);
        },
      },
    });
    notified = [];
    await queue.load(sale);
  });
  afterEach(() => file.close());

  const asked = (item: ReserveItem): SellItem => ({ ...item, requestId: `request of ${item.orderId}` });
  const sell = async (...items: ReserveItem[]): Promise<readonly ReserveAnswer[]> => {
    const reply = await atomicSale.sell(sale, items.map(asked));
    if (reply.kind !== 'answered') throw new Error(`the sale answered ${reply.kind}`);
    return reply.answers;
  };
  const audit = () => auditQueue(createEmbeddedQueueAuditSource(file.engine), sale.id);
  const logged = async (records: number) => {
    const member = new LogMember(log, { group: 'g' });
    await member.sees(records);
    member.leave();
    return member.records;
  };

  it('logs what it sells, and leaves nothing to the relay', async () => {
    const items = purchases(3);
    const answers = await sell(...items);
    expect(answers.map(({ kind }) => kind)).toEqual(['reserved', 'reserved', 'reserved']);
    const { id: saleId, epoch } = sale;
    const records = await logged(1);
    expect(records).toEqual([
      {
        type: 'reservations',
        saleId,
        epoch,
        ...TERMS,
        items: items.map(({ orderId, userId, key }, i) => ({
          orderId,
          tickets: [i + 1],
          userId,
          key,
          reservedAt: (answers[i] as { reservedAt: number }).reservedAt,
          requestId: `request of ${orderId}`,
        })),
      },
    ]);
    // A reader in this process gets the same records as one of the file.
    expect(notified).toEqual([[1, records[0]]]);
    expect(await audit()).toMatchObject({ held: 3, heldByBuyers: 3, pending: 0, remaining: 7 });
    expect(await queue.claimStranded(saleId, { leaseMs: -1, max: 10 })).toEqual([]);
  });

  it('answers a key that was used before with the published order, and logs nothing', async () => {
    const first = purchase({ key: 'k:1' });
    const again = purchase({ key: 'k:1', userId: first.userId });
    await sell(first);
    const [answer] = await sell(again);
    expect(answer).toMatchObject({ kind: 'replayed', orderId: first.orderId, tickets: [1], published: true });
    expect(await sell(first)).toMatchObject([{ kind: 'reserved', tickets: [1] }]);
    expect(await log.lag('g')).toBe(1);
  });

  it('answers a key that the same call has used with its published order', async () => {
    const first = purchase({ key: 'k:1' });
    const again = purchase({ key: 'k:1', userId: first.userId });
    expect((await sell(first, again))[1]).toMatchObject({ kind: 'replayed', orderId: first.orderId, published: true });
    expect((await logged(1))[0]?.items).toHaveLength(1);
  });

  it('never reports as published what was reserved without a record, not even under the same order id', async () => {
    const stranded = purchase({ key: 'k:1' });
    await queue.reserve(sale.id, sale.epoch, [stranded]);
    expect(await sell(stranded)).toMatchObject([{ kind: 'replayed', orderId: stranded.orderId, published: false }]);
    expect(await log.lag('g')).toBe(0);
  });

  it('logs only what it sells', async () => {
    const [held, more] = purchases(2, { userId: 'ann' }) as [ReserveItem, ReserveItem];
    const items = [held, more, purchase({ userId: 'ann' }), purchase()];
    expect((await sell(...items)).map(({ kind }) => kind)).toEqual([
      'reserved',
      'reserved',
      'limitReached',
      'reserved',
    ]);
    expect((await logged(1))[0]?.items.map(({ tickets }) => tickets)).toEqual([[1], [2], [3]]);
    await sell(...purchases(7));
    expect(await sell(purchase())).toEqual([{ kind: 'soldOut' }]);
    expect(await log.lag('another')).toBe(2);
  });

  it('sells and logs orders of several tickets, beside those of one', async () => {
    const own = { ...sale, id: newName('sale'), total: 12, perBuyerLimit: 20 };
    await queue.load(own);
    const items = [2, 1, 4, 5, 3, 20].map((quantity, n) => purchase({ quantity, key: `k:${n}` }));
    const reply = await atomicSale.sell(own, items.map(asked));

    expect(reply).toMatchObject({
      answers: [
        { kind: 'reserved', tickets: [1, 2] },
        { kind: 'reserved', tickets: [3] },
        { kind: 'reserved', tickets: [4, 5, 6, 7] },
        { kind: 'reserved', tickets: [8, 9, 10, 11, 12] },
        { kind: 'soldOut' },
        { kind: 'soldOut' },
      ],
      stock: { remaining: 0 },
    });
    const [record] = await logged(1);
    expect(record?.items).toMatchObject(
      [[1, 2], [3], [4, 5, 6, 7], [8, 9, 10, 11, 12]].map((tickets, n) => ({ orderId: items[n]?.orderId, tickets })),
    );
    expect(notified).toEqual([[1, record]]);
    const again = items.slice(0, 4).map((item) => asked({ ...item, orderId: newOrderId() }));
    expect(await atomicSale.sell(own, again)).toMatchObject({
      answers: [[1, 2], [3], [4, 5, 6, 7], [8, 9, 10, 11, 12]].map((tickets, n) => ({
        kind: 'replayed',
        orderId: items[n]?.orderId,
        tickets,
        published: true,
      })),
    });
    expect(await log.lag('another')).toBe(1);
  });

  it('sells all tickets of an order or none, and the rest to whoever asks for fewer', async () => {
    const [first, tooMany, last] = [purchase({ quantity: 9 }), purchase({ quantity: 2 }), purchase()];
    const own = { ...sale, id: newName('sale'), perBuyerLimit: 9 };
    await queue.load(own);

    expect(await atomicSale.sell(own, [first, tooMany, last].map(asked))).toMatchObject({
      answers: [{ kind: 'reserved' }, { kind: 'notEnoughLeft', remaining: 1 }, { kind: 'reserved', tickets: [10] }],
    });
    const [record] = await logged(1);
    expect(record?.items.map(({ orderId }) => orderId)).toEqual([first.orderId, last.orderId]);
    expect(notified).toEqual([[1, record]]);
  });

  it('counts attempts together with the queue', async () => {
    await inOneMinute(async () => {
      const userId = newName('user');
      const reply = await atomicSale.sell(sale, purchases(2, { userId }).map(asked), 3);
      expect(reply).toMatchObject({ answers: [{ kind: 'reserved' }, { kind: 'reserved' }] });
      expect(await queue.reserve(sale.id, sale.epoch, purchases(2, { userId }), 3)).toMatchObject({
        answers: [{ kind: 'limitReached' }, { kind: 'tooManyAttempts' }],
      });
      expect(await atomicSale.sell(sale, [asked(purchase({ userId }))], 3)).toMatchObject({
        answers: [{ kind: 'tooManyAttempts', endsInMs: expect.any(Number) }],
      });
    });
  });

  it('sells nothing if it cannot write everything', async () => {
    const taken = purchase();
    await sell(taken);
    await expect(sell(purchase(), { ...taken, userId: 'another' })).rejects.toMatchObject({ code: 'corrupt' });
    expect(await audit()).toMatchObject({ held: 1, remaining: 9 });
    expect(await log.lag('g')).toBe(1);
  });

  it('sells tickets that can be released like any others', async () => {
    const item = purchase({ key: 'k:1' });
    await sell(item);
    expect(await queue.release(sale.id, [item.orderId])).toEqual([item.orderId]);
    expect(await audit()).toMatchObject({ held: 0, remaining: 10, pending: 0, doubled: [] });
  });

  it('does nothing for an unknown sale or another epoch', async () => {
    expect(await atomicSale.sell({ ...sale, id: 'unknown' }, [asked(purchase())])).toEqual({ kind: 'unknownSale' });
    expect(await atomicSale.sell({ ...sale, epoch: 2 }, [asked(purchase())])).toEqual({ kind: 'stale', epoch: 1 });
    expect(await log.lag('g')).toBe(0);
  });
});
