import { Fault } from '../domain/errors.ts';
import { gateOf, isListed, type Sale } from '../domain/sale.ts';
import type { QueueAuditSource, QueueSnapshot } from '../ports/audit-source.ts';
import type { Catalogue } from '../ports/catalogue.ts';
import type { Clock } from '../ports/clock.ts';
import type { OrderStore } from '../ports/order-store.ts';
import type { TicketQueue } from '../ports/ticket-queue.ts';
import { notifySaleChanged, type SaleListeners } from './notify-sale.ts';
import { retryOnConflict } from './retry-on-conflict.ts';
import { saleChange } from './sale-history.ts';
import type { AdminCommand } from './steer-sale.ts';

export interface ArchivePorts extends SaleListeners {
  readonly catalogue: Pick<Catalogue, 'sale' | 'saveSale'>;
  readonly queue: Pick<TicketQueue, 'close' | 'remove'>;
  readonly auditSources: { readonly queue: Pick<QueueAuditSource, 'snapshot'> };
  readonly store: Pick<OrderStore, 'counts'>;
  readonly clock: Pick<Clock, 'now'>;
}

/** What keeps a sale from being archived. */
export interface Outstanding {
  /** Orders that may still be paid, or expire. */
  readonly unpaid: number;
  /** Reservations that are not known to be in the log. */
  readonly unpublished: number;
  /** Tickets on which queue and store differ: orders that are not stored yet, or whose tickets have not been returned yet. */
  readonly unsettled: number;
}

export type ArchiveOutcome =
  /** The sale is archived, by this call or an earlier one. */
  | { readonly kind: 'changed'; readonly sale: Sale }
  | { readonly kind: 'unknown' }
  /** The stored version is not the expected one. */
  | { readonly kind: 'stale' }
  | { readonly kind: 'notPublished' }
  /** It has neither ended nor been closed. */
  | { readonly kind: 'notOver' }
  | { readonly kind: 'notSettled'; readonly outstanding: Outstanding };

/**
 * Archives a sale that is over and settled: frees the ticket queue of it, while the store keeps its orders. Idempotent.
 *
 * | step | a crash after it leaves | finished by |
 * |---|---|---|
 * | 1. nothing is outstanding | nothing | |
 * | 2. a sale that has only ended is closed in the catalogue, so that nobody extends it | a closed sale | a repetition |
 * | 3. the queue is closed: from here on its ledger only shrinks | the same | a repetition |
 * | 4. nothing is outstanding, for good | the same | a repetition |
 * | 5. the catalogue says `archived`: no front asks the queue, no recovery rebuilds the sale | an archived sale that the queue still has | a repetition, or the scheduler (finish-archives.ts) |
 * | 6. the queue has removed it | an archived sale | |
 *
 * A reservation is in the ledger until its order is stored and has ended: see OrderFinder. So when no order is unpaid,
 * nothing unpublished, and the ledger holds as many tickets as the live orders, which are all paid, each reservation was
 * stored and each ended order has returned its tickets. A sale that has to be recovered is never archived: its last
 * changes are not known. Errors: those of the ports; Fault `fenced` while the sale is being rebuilt.
 */
export async function archiveSale(
  saleId: string,
  ports: ArchivePorts,
  { by, expected }: AdminCommand,
): Promise<ArchiveOutcome> {
  const { catalogue, queue, clock } = ports;
  /** The version that step 2 has made. */
  let closedAs: number | undefined;

  const outcome = await retryOnConflict<ArchiveOutcome>(async () => {
    const sale = await catalogue.sale(saleId);
    if (sale === undefined) return { kind: 'unknown' };
    if (sale.status === 'archived') return { kind: 'changed', sale };
    const now = clock.now();
    const refusal = refusalOf(sale, now);
    if (refusal !== undefined) return refusal;
    if (sale.version !== closedAs && expected?.includes(sale.version) === false) return { kind: 'stale' };

    const isClosed = sale.status === 'closed';
    if (isClosed) await queue.close(sale.id, sale.epoch);
    const outstanding = await outstandingOf(sale, ports);
    if (outstanding !== undefined) return { kind: 'notSettled', outstanding };
    const next = isClosed ? 'archived' : 'closed';
    const changed: Sale = { ...sale, status: next, version: sale.version + 1 };
    const isSaved = await catalogue.saveSale(changed, saleChange(next, sale, changed, { by, at: now }));
    if (isSaved && isClosed) return { kind: 'changed', sale: changed };
    if (isSaved) closedAs = changed.version;
    // Closed by this call, or changed by another one: the next attempt goes on from what is stored.
    return undefined;
  });
  if (outcome.kind === 'changed' || closedAs !== undefined) notifySaleChanged(saleId, ports);
  if (outcome.kind === 'changed') await queue.remove(saleId);
  return outcome;
}

function refusalOf(sale: Sale, now: number): ArchiveOutcome | undefined {
  if (!isListed(sale)) return { kind: 'notPublished' };
  const gate = gateOf(sale, now);
  return gate === 'closed' || gate === 'ended' ? undefined : { kind: 'notOver' };
}

/** Undefined if there is nothing. */
async function outstandingOf(
  sale: Sale,
  { auditSources, store }: Pick<ArchivePorts, 'auditSources' | 'store'>,
): Promise<Outstanding | undefined> {
  const before = await soundSnapshot(sale, auditSources.queue);
  const { states, tickets } = await store.counts(sale.id);
  const after = await soundSnapshot(sale, auditSources.queue);
  const outstanding: Outstanding = {
    unpaid: states.reserved,
    unpublished: after.pending,
    // What moved meanwhile is not settled either.
    unsettled: Math.max(Math.abs(before.held - tickets), Math.abs(after.held - tickets)),
  };
  return Object.values(outstanding).every((count) => count === 0) ? undefined : outstanding;
}

async function soundSnapshot({ id, epoch }: Sale, queue: Pick<QueueAuditSource, 'snapshot'>): Promise<QueueSnapshot> {
  const snapshot = await queue.snapshot(id);
  if (snapshot?.epoch === epoch) return snapshot;
  throw new Fault('fenced', `the ticket queue has to recover the sale ${id} before it can be archived`);
}
