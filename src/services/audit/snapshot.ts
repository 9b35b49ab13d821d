import type { Sale } from '../../domain/sale.ts';
import type { AuditSources, QueueSnapshot } from '../../ports/audit-source.ts';
import type { Clock } from '../../ports/clock.ts';
import type { LiveState } from '../../ports/live-state.ts';
import type { OrderStore, SaleCounts } from '../../ports/order-store.ts';
import type { LogBook } from './log-book.ts';
import { readLog, settledUpTo } from './read-log.ts';
import { type Ledger, missingOf, type Queued, readLedger, readOrders, readQueued } from './read-sides.ts';
import type { HeldTicket, TicketBook } from './ticket-book.ts';
import { until } from './until.ts';

export interface SnapshotPorts {
  readonly auditSources: AuditSources;
  readonly store: Pick<OrderStore, 'position' | 'counts'>;
  readonly live: Pick<LiveState, 'sale' | 'timeline'>;
  readonly clock: Pick<Clock, 'monotonic'>;
}

export interface SnapshotOptions {
  /** The group that stores what is in the log. */
  readonly group: string;
  /** How long the worker is waited for that has yet to store, or to count, what is in the log. */
  readonly patienceMs: number;
}

/** What the live state has counted. */
export interface LiveCount {
  readonly reserved: number;
  /** Second by second, added up. */
  readonly inSeconds: number;
}

/** All sides of a sale. */
export interface SaleSnapshot {
  readonly queue: QueueSnapshot;
  readonly ledger: Ledger;
  readonly queued: Queued;
  /** Undefined when the queue moved while its buyers were counted. */
  readonly heldByBuyers: number | undefined;
  readonly log: LogBook;
  /** Whether the log still holds all that it ever held. */
  readonly logWhole: boolean;
  readonly orders: TicketBook;
  readonly counts: SaleCounts;
  /** Settled orders of the log that the store has not got. */
  readonly missing: readonly HeldTicket[];
  /** Before the log was read, and after that. */
  readonly live: { readonly before: LiveCount; readonly after: LiveCount };
}

/**
 * Reads one side after the other, in the way of an order: the queue before the log before the store. So what a side has
 * of what came before it was on its way for the time that the reading took, and no longer. The live state is counted on
 * either side of the log, which lies between the two.
 *
 * Undefined when the queue does not know the sale. Errors: those of the ports.
 */
export async function takeSnapshot(
  sale: Pick<Sale, 'id' | 'total'>,
  { auditSources, store, live, clock }: SnapshotPorts,
  { group, patienceMs }: SnapshotOptions,
): Promise<SaleSnapshot | undefined> {
  const { id } = sale;
  const before = await countLive(id, live);
  const queue = await auditSources.queue.snapshot(id);
  if (queue === undefined) return undefined;
  const ledger = await readLedger(sale, auditSources.queue);
  const queued = await readQueued(sale, auditSources.queue);
  const ranges = await auditSources.log.ranges();
  const settled = await settledUpTo(ranges, (partition) => store.position(group, partition), { clock, patienceMs });
  const [log, orders, counts, held] = await Promise.all([
    readLog(sale, auditSources.log, ranges, settled),
    readOrders(sale, auditSources.orders),
    store.counts(id),
    auditSources.queue.heldByBuyers(id),
  ]);
  const later = await auditSources.queue.snapshot(id);
  const stillStands = later?.version === queue.version && later.held === queue.held;
  const missing = await missingOf(log.besides(orders.ids), auditSources.orders);
  const isCounted = ({ reserved, inSeconds }: LiveCount) => Math.min(reserved, inSeconds) >= log.reservations;
  const after = await until(() => countLive(id, live), isCounted, { clock, patienceMs });
  return {
    queue,
    ledger,
    queued,
    heldByBuyers: stillStands ? held : undefined,
    log,
    logWhole: ranges.every(({ first }) => first === 0),
    orders,
    counts,
    missing,
    live: { before, after },
  };
}

async function countLive(saleId: string, live: SnapshotPorts['live']): Promise<LiveCount> {
  const [sale, timeline] = [await live.sale(saleId), await live.timeline(saleId)];
  return { reserved: sale?.reserved ?? 0, inSeconds: timeline.reduce((sum, { reserved }) => sum + reserved, 0) };
}
