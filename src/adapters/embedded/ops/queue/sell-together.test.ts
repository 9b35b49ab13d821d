import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TempFolder, tempFolder } from '../../../../../test/support/temp-folder.ts';
import type { SellItem } from '../../../../ports/atomic-sale.ts';
import { type Connection, connect } from '../../database.ts';
import { packItems } from '../../sell-wire.ts';
import { QUEUE_OPS } from './ops.ts';
import type { SellArgs, SellReply } from './sell-call.ts';

const NOW = 1_500;
const WINDOW = { epoch: 1, opensAt: 1_000, closesAt: 2_000 };
/** A limit that is counted in the index, one with a count for each buyer, one that is closed, and one that the queue does not know. */
const LIMITS = { few: 2, many: 30, closed: 2, unknown: 2 } as const;
const TOTAL = 8;
type SaleId = keyof typeof LIMITS;
const KNOWN: readonly SaleId[] = ['few', 'many', 'closed'];

/** One purchase; `again` sends an earlier one of the sale once more, as a front does that got no answer. */
interface Purchase {
  readonly user: number;
  readonly key: number | undefined;
  readonly quantity: number;
  readonly fingerprint: 'f1' | 'f2';
  readonly again: boolean;
}

type Step =
  | {
      readonly kind: 'sell';
      readonly calls: readonly (readonly [SaleId, readonly Purchase[]])[];
      readonly epoch: number;
    }
  | { readonly kind: 'release'; readonly saleId: SaleId; readonly nth: number };

const purchaseArb = fc.record<Purchase>({
  user: fc.nat(3),
  key: fc.option(fc.nat(2), { nil: undefined }),
  quantity: fc.constantFrom(1, 1, 1, 2, 3),
  fingerprint: fc.constantFrom('f1', 'f1', 'f1', 'f2'),
  again: fc.boolean(),
});

const sellArb = fc.record<Extract<Step, { kind: 'sell' }>>({
  kind: fc.constant('sell'),
  calls: fc.uniqueArray(
    fc.tuple(
      fc.constantFrom<SaleId>('few', 'many', 'closed', 'unknown'),
      fc.array(purchaseArb, { minLength: 1, maxLength: 4 }),
    ),
    { minLength: 2, maxLength: 4, selector: ([saleId]) => saleId },
  ),
  epoch: fc.constantFrom(1, 1, 1, 1, 2),
});

const releaseArb = fc.record<Extract<Step, { kind: 'release' }>>({
  kind: fc.constant('release'),
  saleId: fc.constantFrom(...KNOWN),
  nth: fc.nat(20),
});

/** The calls of a run, with order ids that grow with time. */
class Calls {
  readonly #items = new Map<SaleId, SellItem[]>();
  #last = 0;

  of({ calls, epoch }: Extract<Step, { kind: 'sell' }>, maxAttempts: number): readonly SellArgs[] {
    return calls.map(([id, purchases]) => ({
      sale: { id, productId: 'p', epoch, price: { amount: 100, currency: 'EUR' }, payWithinSeconds: 900 },
      now: NOW,
      items: packItems(
        purchases.map((one) => (one.again ? this.nth(id, one.user) : undefined) ?? this.#newItem(id, one)),
      ),
      maxAttempts,
      maxEnded: 3,
    }));
  }

  /** An item that was sent before; undefined if none was. */
  nth(saleId: SaleId, nth: number): SellItem | undefined {
    const items = this.#items.get(saleId);
    return items?.[nth % items.length];
  }

  #newItem(saleId: SaleId, { user, key, quantity, fingerprint }: Purchase): SellItem {
    this.#last += 1;
    const orderId = `0${String(this.#last).padStart(12, '0')}`;
    const own = key === undefined ? `o:${orderId}` : `k:${key}`;
    const item = { orderId, userId: `user-${user}`, key: own, fingerprint, quantity, requestId: 'r' };
    const items = this.#items.get(saleId);
    if (items === undefined) this.#items.set(saleId, [item]);
    else items.push(item);
    return item;
  }
}

const TABLES = [
  'queue_sale',
  'queue_reservation',
  'queue_returned',
  'queue_several',
  'queue_holding',
  'queue_attempt',
  'log',
];

const contentOf = (db: Connection) =>
  TABLES.map((table) => db.all<{ row: string }>(`SELECT * FROM ${table} ORDER BY 1, 2`).map(columnsOf));

/** Without what the driver adds. */
function columnsOf(row: object): object {
  const { _metadata, ...columns } = row as { _metadata?: unknown };
  return columns;
}

describe('selling of several sales together', () => {
  let folder: TempFolder;
  let files = 0;
  beforeAll(async () => {
    folder = await tempFolder();
  });
  afterAll(() => folder.remove());

  const open = (): Connection => {
    files += 1;
    const db = connect(join(folder.path, `${files}.db`));
    for (const id of KNOWN) {
      QUEUE_OPS['queue.load'].run(db, { ...WINDOW, id, total: TOTAL, perBuyerLimit: LIMITS[id] });
    }
    QUEUE_OPS['queue.close'].run(db, { saleId: 'closed', epoch: 1 });
    return db;
  };

  it('answers and stores the same as one call after the other', () => {
    const { run, together } = QUEUE_OPS['queue.sell'];
    fc.assert(
      fc.property(
        fc.array(fc.oneof({ weight: 4, arbitrary: sellArb }, { weight: 1, arbitrary: releaseArb }), { maxLength: 8 }),
        fc.constantFrom(0, 3),
        (steps, maxAttempts) => {
          const [joint, single] = [open(), open()];
          try {
            const calls = new Calls();
            for (const step of steps) {
              if (step.kind === 'release') {
                const args = { saleId: step.saleId, orderIds: [calls.nth(step.saleId, step.nth)?.orderId ?? 'none'] };
                for (const db of [joint, single]) QUEUE_OPS['queue.release'].run(db, args);
                continue;
              }
              const args = calls.of(step, maxAttempts);
              const replies: readonly SellReply[] | undefined = together?.run(joint, args);
              expect(replies).toEqual(args.map((one) => run(single, one)));
            }
            expect(contentOf(joint)).toEqual(contentOf(single));
          } finally {
            joint.close();
            single.close();
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});
