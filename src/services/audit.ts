import { Fault } from '../domain/errors.ts';
import { isPublic, type Sale } from '../domain/sale.ts';
import type { Catalogue } from '../ports/catalogue.ts';
import type { Clock } from '../ports/clock.ts';
import { archivedQueue } from './audit/archived-queue.ts';
import { type Candidate, candidatesOf, inBoth } from './audit/candidates.ts';
import { type DescribePorts, describe } from './audit/describe.ts';
import { excludeInFlight, type InFlightPorts } from './audit/in-flight.ts';
import { type AuditProgress, countEntries, type OnEntries } from './audit/progress.ts';
import {
  type AuditResult,
  type Counted,
  INVARIANTS,
  type Invariant,
  type InvariantName,
  RULES,
} from './audit/result.ts';
import { type SaleSnapshot, type SnapshotOptions, type SnapshotPorts, takeSnapshot } from './audit/snapshot.ts';
import { inTurns } from './turns.ts';

export type AuditPorts = SnapshotPorts &
  InFlightPorts &
  DescribePorts & {
    readonly store: SnapshotPorts['store'] & InFlightPorts['store'] & DescribePorts['store'];
    readonly log: InFlightPorts['log'] & DescribePorts['log'];
    readonly catalogue: Pick<Catalogue, 'sale'>;
    readonly clock: Clock;
  };

export interface AuditOptions extends SnapshotOptions {
  /** The consumer group that keeps the live state. */
  readonly liveGroup: string;
  /** Called with each page that was read. */
  readonly onProgress?: (progress: AuditProgress) => void;
}

export type AuditOutcome =
  | { readonly kind: 'audited'; readonly result: AuditResult }
  | { readonly kind: 'unknown' }
  /** A draft, which has nothing to audit. */
  | { readonly kind: 'notPublished' };

/** An audit that was asked for while others wait may not be begun. */
export type AuditAnswer = AuditOutcome | { readonly kind: 'busy' };

/** Discrepancies of an invariant that are described; beyond so many the number says enough. */
export const MAX_DESCRIBED = 100;

/**
 * The parts of a snapshot are not of one moment. In a small sale whose tickets are sold and returned all the time, the same
 * ticket may be on its way during each of two snapshots, but hardly during four.
 */
const MAX_SNAPSHOTS = 4;

/** A sale with its snapshot, or why there is none. */
type Reading =
  | { readonly kind: 'read'; readonly sale: Sale; readonly snapshot: SaleSnapshot }
  | { readonly kind: 'unknown' | 'notPublished' };

/**
 * Reconciles catalogue, ticket queue, order log, order store and live state with each other. It only reads, and may run
 * while the sale goes on: a candidate counts as a discrepancy if a second snapshot has the very same one, and it is not
 * known to be in flight; while tickets move, a few more must have it. It runs in slices of a few milliseconds, between which the event loop goes on.
 *
 * Of an archived sale, whose queue has been freed, it reconciles what remains.
 *
 * Memory: about 100 bytes per ticket. Errors: those of the ports; Fault `fenced` when the queue has to be recovered.
 */
export async function auditSale(saleId: string, ports: AuditPorts, options: AuditOptions): Promise<AuditOutcome> {
  const { clock } = ports;
  const [startedAt, from] = [clock.now(), clock.monotonic()];
  const onEntries = countEntries(saleId, options.onProgress);
  const first = await read(saleId, ports, options, onEntries);
  if (first.kind !== 'read') return first;
  let { sale, snapshot } = first;
  let candidates = await candidatesOf(sale, snapshot);
  for (let snapshots = 1; candidates.size > 0 && snapshots < MAX_SNAPSHOTS; snapshots += 1) {
    const next = await read(saleId, ports, options, onEntries);
    if (next.kind !== 'read') return next;
    candidates = await inBoth(candidates, await candidatesOf(next.sale, next.snapshot));
    const hasMoved = next.snapshot.queue.version !== snapshot.queue.version;
    ({ sale, snapshot } = next);
    if (!hasMoved) break;
  }
  const { wrong, returning } = await excludeInFlight([...candidates.values()], sale, snapshot, ports, options);

  const foundBy = await byInvariant(wrong);
  const invariants: Invariant[] = [];
  for (const name of INVARIANTS) {
    const found = foundBy.get(name) ?? [];
    invariants.push(await invariantOf(name, found, sale, snapshot, ports));
  }
  const { log, queue, live } = snapshot;
  return {
    kind: 'audited',
    result: {
      saleId,
      startedAt,
      tookMs: Math.round(clock.monotonic() - from),
      epoch: sale.epoch,
      archived: sale.status === 'archived',
      ok: wrong.length === 0,
      inFlight: {
        unpublished: queue.pending,
        unstored: log.unsettled.size,
        returning,
        uncounted: Math.max(0, log.reserved - live.after.reserved),
      },
      invariants,
    },
  };
}

async function byInvariant(wrong: readonly Candidate[]): Promise<ReadonlyMap<InvariantName, readonly Candidate[]>> {
  const found = new Map<InvariantName, Candidate[]>(INVARIANTS.map((name) => [name, []]));
  for await (const candidate of inTurns(wrong)) found.get(candidate.invariant)?.push(candidate);
  return found;
}

async function read(saleId: string, ports: AuditPorts, options: AuditOptions, onEntries: OnEntries): Promise<Reading> {
  const sale = await ports.catalogue.sale(saleId);
  if (sale === undefined) return { kind: 'unknown' };
  if (!isPublic(sale)) return { kind: 'notPublished' };
  const snapshot = await takeSnapshot(sale, sourcesOf(sale, ports), options, onEntries);
  if (snapshot === undefined) {
    throw new Fault('fenced', `the ticket queue does not know the sale ${saleId}: recover it first`);
  }
  return { kind: 'read', sale, snapshot };
}

/** The queue of an archived sale has been freed. */
function sourcesOf(sale: Sale, ports: AuditPorts): SnapshotPorts {
  if (sale.status !== 'archived') return ports;
  const { orders } = ports.auditSources;
  return { ...ports, auditSources: { ...ports.auditSources, queue: archivedQueue(sale, orders, ports.store) } };
}

async function invariantOf(
  name: InvariantName,
  found: readonly Candidate[],
  sale: Sale,
  snapshot: SaleSnapshot,
  ports: DescribePorts,
): Promise<Invariant> {
  return {
    name,
    rule: RULES[name],
    ok: found.length === 0,
    counted: countsOf(name, sale, snapshot),
    found: found.length,
    differences: await describe(found.slice(0, MAX_DESCRIBED), sale, snapshot, ports),
  };
}

function countsOf(name: InvariantName, sale: Sale, snapshot: SaleSnapshot): readonly Counted[] {
  const { queue, ledger, queued, orders, counts, log, live, money } = snapshot;
  const stored = Object.values(counts.states).reduce((sum, count) => sum + count, 0);
  const rows: Readonly<Record<InvariantName, readonly (readonly [what: string, count: number])[]>> = {
    tickets: [
      ['tickets in the catalogue', sale.total],
      ['held by orders', queue.held],
      ['remaining', queue.remaining],
    ],
    one_place: [
      ['tickets in the ledger', ledger.holders.size],
      ['tickets in the queue', queued.size],
      ['tickets of live orders', counts.tickets],
    ],
    buyer_limit: [
      ['limit', sale.perBuyerLimit],
      ['most per buyer in the ledger', ledger.holders.mostPerBuyer],
      ['most per buyer in the store', orders.mostPerBuyer],
    ],
    stored: [
      ['orders in the log', log.orders + log.unsettled.size],
      ['orders in the store', stored],
      ['rejected', counts.states.rejected],
    ],
    ledger: [
      ['tickets in the ledger', ledger.holders.size],
      ['tickets of live orders', orders.size],
    ],
    money: [
      ['paid orders', counts.states.paid],
      ['payments', money.payments],
      ['of those given back whole', money.givenBack],
    ],
    live_state: [
      ['tickets in the log', log.reserved],
      ['in the live state', live.after.reserved],
      ['in its timeline', live.after.inTimeline],
    ],
  };
  return rows[name].map(([what, count]) => ({ what, count }));
}
