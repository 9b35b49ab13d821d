import type { Sale } from '../../domain/sale.ts';
import type { AuditSources, MoneyAudit, QueueSnapshot } from '../../ports/audit-source.ts';
import type { Clock } from '../../ports/clock.ts';
import type { LiveState } from '../../ports/live-state.ts';
import type { OrderStore, SaleCounts } from '../../ports/order-store.ts';
import { poll } from '../../resilience/poll.ts';
import { pagesInTurns } from '../turns.ts';
import type { LoggedReservations } from './logged-reservations.ts';
import type { OnEntries } from './progress.ts';
import { readLog, settledUpTo } from './read-log.ts';
import { type Ledger, missingOf, type Queued, readLedger, readOrders, readQueued } from './read-sources.ts';
import type { HeldTicket, TicketHolders } from './ticket-holders.ts';

export interface SnapshotPorts {
  readonly auditSources: AuditSources;
  readonly store: Pick<OrderStore, 'position' | 'counts'>;
  readonly live: Pick<LiveState, 'sale' | 'timelinePages'>;
  readonly clock: Pick<Clock, 'monotonic'>;
}

export interface SnapshotOptions {
  /** The consumer group that stores orders. */
  readonly group: string;
  /** How long to wait, once each, for the workers to store and to count what is in the log, milliseconds. */
  readonly maxWaitMs: number;
}

/** The tickets that the live state has counted. */
export interface LiveCount {
  readonly reserved: number;
  /** The sum over the timeline's seconds. */
  readonly inTimeline: number;
}

/** What each source says about a sale. */
export interface SaleSnapshot {
  readonly queue: QueueSnapshot;
  readonly ledger: Ledger;
  readonly queued: Queued;
  /** Undefined when the queue changed while its buyers were counted. */
  readonly heldByBuyers: number | undefined;
  readonly log: LoggedReservations;
  /** Whether the log still has all that was ever appended to it. */
  readonly isLogComplete: boolean;
  readonly orders: TicketHolders;
  readonly counts: SaleCounts;
  /** Settled orders of the log that are not stored. */
  readonly missing: readonly HeldTicket[];
  readonly money: MoneyAudit;
  /** As counted before and after the log was read. */
  readonly live: { readonly before: LiveCount; readonly after: LiveCount };
}

/** Orders whose money is wrong that one audit reads, of each kind. */
const MOST_WRONG = 10_000;

/** How often the workers' progress is read while it is waited for. */
const POLL_EVERY_MS = 50;

/**
 * Reads the sources in the order in which an order passes them: the queue before the log before the store. So whatever a
 * source has and the next one lacks was in flight during the reading only. The live state, which follows the log, is
 * counted before and after the log is read.
 *
 * Returns undefined when the queue does not know the sale. Errors: those of the ports.
 */
export async function takeSnapshot(
  sale: Pick<Sale, 'id' | 'total'>,
  { auditSources, store, live, clock }: SnapshotPorts,
  { group, maxWaitMs }: SnapshotOptions,
  onEntries: OnEntries,
): Promise<SaleSnapshot | undefined> {
  const { id } = sale;
  const wait = { everyMs: POLL_EVERY_MS, forMs: maxWaitMs, clock };
  const before = await countLive(id, live, onEntries);
  const queue = await auditSources.queue.snapshot(id);
  if (queue === undefined) return undefined;
  const ledger = await readLedger(sale, auditSources.queue, onEntries);
  const queued = await readQueued(sale, auditSources.queue, onEntries);
  const ranges = await auditSources.log.ranges();
  const settled = await settledUpTo(ranges, (partition) => store.position(group, partition), wait);
  const [log, orders, counts, held, money] = await Promise.all([
    readLog(sale, auditSources.log, ranges, settled, onEntries),
    readOrders(sale, auditSources.orders, onEntries),
    store.counts(id),
    auditSources.queue.heldByBuyers(id),
    auditSources.orders.money(id, MOST_WRONG),
  ]);
  const later = await auditSources.queue.snapshot(id);
  const isUnchanged = later?.version === queue.version && later.held === queue.held;
  const missing = await missingOf(log.except(orders.ids), auditSources.orders);
  const isCounted = ({ reserved, inTimeline }: LiveCount) => Math.min(reserved, inTimeline) >= log.reserved;
  const after = await poll(() => countLive(id, live, onEntries), { ...wait, until: isCounted });
  return {
    queue,
    ledger,
    queued,
    heldByBuyers: isUnchanged ? held : undefined,
    log,
    isLogComplete: ranges.every(({ first }) => first === 0),
    orders,
    counts,
    missing,
    money,
    live: { before, after },
  };
}

async function countLive(saleId: string, live: SnapshotPorts['live'], onEntries: OnEntries): Promise<LiveCount> {
  const sale = await live.sale(saleId);
  let inTimeline = 0;
  for await (const page of pagesInTurns(live.timelinePages(saleId))) {
    onEntries('timeline', page.length);
    for (const { reserved } of page) inTimeline += reserved;
  }
  return { reserved: sale?.reserved ?? 0, inTimeline };
}
