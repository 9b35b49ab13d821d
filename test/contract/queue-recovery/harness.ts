import type {
  KnownOrder,
  QueueRecovery,
  RebuildResult,
  RebuiltSale,
  RecoveryStep,
} from '../../../src/ports/queue-recovery.ts';
import type { QueuedSale, ReserveAnswer, ReserveItem } from '../../../src/ports/ticket-queue.ts';
import { auditQueue, type QueueAudit } from '../../support/queue-audit.ts';
import { newOrderId, openSale, purchase } from '../fixtures.ts';
import { type AuditedQueue, answersOf } from '../ticket-queue/harness.ts';

export interface RecoveryHarness extends AuditedQueue {
  readonly recovery: QueueRecovery;
  /** As after a restart: the state exists, but may be outdated. */
  readonly lose: (saleId: string) => void | Promise<void>;
  /** As after FLUSHALL. */
  readonly wipe: (saleId: string) => void | Promise<void>;
  readonly close: () => Promise<void>;
}

/** The epoch of a first recovery. */
export const EPOCH = 2;

export interface RecoveryBench {
  readonly harness: RecoveryHarness;
  readonly load: (overrides?: Partial<QueuedSale>) => Promise<RebuiltSale>;
  /** The sale as of a later epoch. */
  readonly next: (sale: RebuiltSale, epoch?: number) => RebuiltSale;
  readonly buy: (sale: QueuedSale, items: readonly ReserveItem[]) => Promise<readonly ReserveAnswer[]>;
  readonly rebuild: (sale: RebuiltSale, ...orders: readonly KnownOrder[]) => Promise<RecoveryStep<RebuildResult>>;
  /** As `rebuild`, with all orders in one chunk. */
  readonly rebuildAtOnce: (sale: RebuiltSale, orders: readonly KnownOrder[]) => Promise<RecoveryStep<RebuildResult>>;
  readonly audit: (sale: QueuedSale) => Promise<QueueAudit | undefined>;
}

/** @param harnessOf called in tests only, since the harness is opened after they are collected */
export function recoveryBench(harnessOf: () => RecoveryHarness): RecoveryBench {
  return {
    get harness() {
      return harnessOf();
    },
    load: async (overrides = {}) => {
      const sale = openSale(overrides);
      await harnessOf().queue.load(sale);
      return { ...sale, closed: false, paused: false, version: 1 };
    },
    next: (sale, epoch = EPOCH) => ({ ...sale, epoch, version: epoch }),
    buy: async ({ id, epoch }, items) => answersOf(await harnessOf().queue.reserve(id, epoch, items)),
    rebuild: (sale, ...orders) => harnessOf().recovery.rebuild(sale, inOnes(orders)),
    rebuildAtOnce: (sale, orders) => harnessOf().recovery.rebuild(sale, atOnce(orders)),
    audit: ({ id }) => auditQueue(harnessOf().auditSource, id),
  };
}

/** An order as the store has it. */
export function knownOrder(overrides: Partial<KnownOrder>): KnownOrder {
  const { fingerprint, orderId, userId } = purchase();
  return {
    orderId,
    userId,
    key: `k:${orderId}`,
    fingerprint,
    tickets: [1],
    reservedAt: Date.now(),
    live: true,
    ...overrides,
  };
}

/** Another purchase with the same key. */
export function again({ userId, key, fingerprint }: Pick<KnownOrder, 'userId' | 'key' | 'fingerprint'>): ReserveItem {
  return { orderId: newOrderId(), userId, key: key ?? '', fingerprint, quantity: 1 };
}

async function* inOnes(orders: readonly KnownOrder[]): AsyncGenerator<readonly KnownOrder[]> {
  for (const order of orders) yield [order];
}

async function* atOnce(orders: readonly KnownOrder[]): AsyncGenerator<readonly KnownOrder[]> {
  yield orders;
}
