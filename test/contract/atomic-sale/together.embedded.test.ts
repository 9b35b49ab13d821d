import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createEmbeddedAtomicSale } from '../../../src/adapters/embedded/atomic-sale.ts';
import { createEmbeddedQueueAuditSource } from '../../../src/adapters/embedded/audit-source.ts';
import { createEmbeddedOrderLog } from '../../../src/adapters/embedded/order-log.ts';
import { createEmbeddedTicketQueue } from '../../../src/adapters/embedded/ticket-queue.ts';
import type { Sale } from '../../../src/domain/sale.ts';
import type { AtomicSale, SellItem } from '../../../src/ports/atomic-sale.ts';
import type { ReserveReply, TicketQueue } from '../../../src/ports/ticket-queue.ts';
import { auditQueue } from '../../support/queue-audit.ts';
import { type EmbeddedFile, openEmbeddedFile } from '../embedded-file.ts';
import { openSale } from '../fixtures.ts';
import { LogMember } from '../order-log/member.ts';

const TERMS = { productId: 'product-1', price: { amount: 12_999, currency: 'USD' }, payWithinSeconds: 900 };
const NOW = 1_800_000_000_000;

type TestSale = ReturnType<typeof openSale> & typeof TERMS;

interface Call {
  readonly sale: TestSale;
  readonly items: readonly SellItem[];
  readonly maxAttempts?: number;
  readonly maxEnded?: number;
}

interface Rig {
  readonly file: EmbeddedFile;
  readonly queue: TicketQueue;
  readonly atomicSale: AtomicSale;
  /** The records of the log. */
  readonly records: (count: number) => Promise<readonly unknown[]>;
}

/** A limit up to 20 is counted in the index of the buyers, a higher one in a table of its own. */
const saleOf = (id: string, changes: Partial<Sale> = {}): TestSale => ({
  ...openSale({ opensAt: NOW - 1, closesAt: NOW + 1_000_000, ...changes }),
  ...TERMS,
  id,
});
const LOW = saleOf('low', { perBuyerLimit: 2, total: 50 });
const HIGH = saleOf('high', { perBuyerLimit: 100, total: 50 });
const FEW = saleOf('few', { perBuyerLimit: 100, total: 3 });
const CLOSED = saleOf('closed', { closesAt: NOW - 1 });
const UNKNOWN = saleOf('unknown');
const STALE = { ...saleOf('stale'), epoch: 7 };
const LOADED = [LOW, HIGH, FEW, CLOSED, { ...STALE, epoch: 1 }];

let orders = 0;
const nextId = () => {
  orders += 1;
  return String(orders).padStart(14, '0');
};

function itemOf(userId: string, changes: Partial<SellItem> = {}): SellItem {
  const orderId = changes.orderId ?? nextId();
  return { orderId, userId, key: `o:${orderId}`, fingerprint: '1', quantity: 1, requestId: `r${orderId}`, ...changes };
}

async function openRig(): Promise<Rig> {
  const file = await openEmbeddedFile(false);
  const { engine } = file;
  const clock = { now: () => NOW, monotonic: () => 0 };
  const queue = createEmbeddedTicketQueue({ engine, clock });
  const log = createEmbeddedOrderLog(engine);
  for (const sale of LOADED) await queue.load(sale);
  return {
    file,
    queue,
    atomicSale: createEmbeddedAtomicSale({ engine, clock, log }),
    records: async (count) => {
      const member = new LogMember(log, { group: `g${count}` });
      await member.sees(count);
      member.leave();
      return member.records;
    },
  };
}

const sell = ({ atomicSale }: Rig, { sale, items, maxAttempts, maxEnded }: Call): Promise<ReserveReply> =>
  atomicSale.sell(sale, items, maxAttempts, maxEnded);

const stateOf = async ({ file, queue }: Rig) => {
  const source = createEmbeddedQueueAuditSource(file.engine);
  return Promise.all(LOADED.map(async ({ id }) => [id, await auditQueue(source, id), await queue.stock(id)]));
};

const recordsIn = (replies: readonly ReserveReply[]) =>
  replies.filter((reply) => reply.kind === 'answered' && reply.answers.some(({ kind }) => kind === 'reserved')).length;

describe('embedded sales of several sales at once', () => {
  let together: Rig;
  let apart: Rig;
  beforeEach(async () => {
    together = await openRig();
    apart = await openRig();
  });
  afterEach(async () => {
    await together.file.close();
    await apart.file.close();
  });

  const repeated = itemOf('ann', { key: 'k:1' });
  const own = itemOf('zoe');
  const rounds: readonly (readonly Call[])[] = [
    // Every kind of sale, with and without keys.
    [
      { sale: LOW, items: [repeated, itemOf('bob'), itemOf('bob')] },
      { sale: HIGH, items: [own, itemOf('ann', { key: 'k:1' })] },
      { sale: UNKNOWN, items: [itemOf('ann')] },
      { sale: FEW, items: [itemOf('ann', { quantity: 2 })] },
      { sale: STALE, items: [itemOf('ann')] },
      { sale: CLOSED, items: [itemOf('ann')] },
    ],
    // Replays in sales that have only had orders of one ticket.
    [
      { sale: LOW, items: [itemOf('ann', { key: 'k:1' }), repeated] },
      { sale: HIGH, items: [own, itemOf('ann', { key: 'k:1' }), itemOf('ann', { key: 'k:1', fingerprint: '2' })] },
    ],
    // Replays, a mismatch, limits, and too few tickets.
    [
      { sale: LOW, items: [itemOf('ann', { key: 'k:1' }), itemOf('bob'), repeated] },
      { sale: HIGH, items: [own, itemOf('ann', { key: 'k:1', fingerprint: '2' }), itemOf('cyd', { key: 'k:2' })] },
      { sale: FEW, items: [itemOf('bob', { quantity: 2 }), itemOf('bob'), itemOf('cyd')] },
    ],
    // Attempts and ended orders are limited.
    [
      { sale: LOW, items: [itemOf('dan'), itemOf('dan')], maxAttempts: 1, maxEnded: 1 },
      { sale: HIGH, items: [itemOf('dan'), itemOf('dan', { quantity: 3 })], maxAttempts: 2, maxEnded: 1 },
      { sale: FEW, items: [itemOf('ann'), itemOf('dan')], maxEnded: 1 },
    ],
    // A sale twice: the second call sees what the first one did.
    [
      { sale: LOW, items: [itemOf('eve'), itemOf('eve', { key: 'k:3' })] },
      { sale: HIGH, items: [itemOf('eve')] },
      { sale: LOW, items: [itemOf('eve'), itemOf('eve', { key: 'k:3' })] },
      { sale: FEW, items: [itemOf('ann')] },
    ],
  ];

  it('answer, store and log what they would one after the other', async () => {
    let records = 0;
    for (const [n, calls] of rounds.entries()) {
      const replies = await Promise.all(calls.map((call) => sell(together, call)));
      for (const [i, call] of calls.entries()) expect(replies[i]).toEqual(await sell(apart, call));
      records += recordsIn(replies);
      expect(await stateOf(together)).toEqual(await stateOf(apart));
      // Tickets come back before the next round, so that it takes some from there.
      for (const { queue } of [together, apart]) {
        await queue.release(FEW.id, n === 0 ? ['00000000000007', '00000000000008'] : []);
      }
    }
    expect(records).toBeGreaterThan(6);
  });

  it('have the same records in the log', async () => {
    const [calls = []] = rounds;
    await Promise.all(calls.map((call) => sell(together, call)));
    for (const call of calls) await sell(apart, call);
    expect(await together.records(3)).toEqual(await apart.records(3));
  });

  it('are not hurt by one among them that fails', async () => {
    const taken = itemOf('ann');
    await sell(together, { sale: LOW, items: [taken] });
    const results = await Promise.allSettled([
      sell(together, { sale: HIGH, items: [itemOf('ann')] }),
      sell(together, { sale: LOW, items: [itemOf('bob', { orderId: taken.orderId, key: 'k:9' })] }),
      sell(together, { sale: FEW, items: [itemOf('ann')] }),
    ]);
    expect(results).toMatchObject([
      { value: { answers: [{ kind: 'reserved' }], stock: { remaining: 49 } } },
      { reason: { code: 'corrupt' } },
      { value: { answers: [{ kind: 'reserved' }], stock: { remaining: 2 } } },
    ]);
    expect(await together.records(3)).toHaveLength(3);
  });
});
