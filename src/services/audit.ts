import { Fault } from '../domain/errors.ts';
import { isPublic, type Sale } from '../domain/sale.ts';
import type { Catalogue } from '../ports/catalogue.ts';
import type { Clock } from '../ports/clock.ts';
import { type DescribePorts, describe } from './audit/describe.ts';
import { type JudgePorts, judge } from './audit/judge.ts';
import {
  type AuditReport,
  type Counted,
  INVARIANTS,
  type Invariant,
  type InvariantName,
  RULES,
} from './audit/report.ts';
import { type SaleSnapshot, type SnapshotOptions, type SnapshotPorts, takeSnapshot } from './audit/snapshot.ts';
import { inBoth, type Suspect, suspectsOf } from './audit/suspects.ts';

export type AuditPorts = SnapshotPorts &
  JudgePorts &
  DescribePorts & {
    readonly store: SnapshotPorts['store'] & JudgePorts['store'] & DescribePorts['store'];
    readonly log: JudgePorts['log'] & DescribePorts['log'];
    readonly catalogue: Pick<Catalogue, 'sale'>;
    readonly clock: Clock;
  };

export interface AuditOptions extends SnapshotOptions {
  /** The group that keeps the live state. */
  readonly liveGroup: string;
}

export type AuditOutcome =
  | { readonly kind: 'audited'; readonly report: AuditReport }
  | { readonly kind: 'unknown' }
  /** A draft: there is nothing to audit. */
  | { readonly kind: 'notPublished' };

/** Differences of an invariant that are told one by one: who has more has another problem than to know each. */
export const MAX_TOLD = 100;

/**
 * Holds the sides of a sale against each other: catalogue, ticket queue, order log, order store and live state. It reads
 * only, and may run while the sale goes on: what differs is looked at again, and counts only if it differs in the very
 * same way at a second look, and is not known to be on its way.
 *
 * Memory: about 100 bytes a ticket. Errors: those of the ports; Fault `fenced` when the queue has to be recovered.
 */
export async function auditSale(saleId: string, ports: AuditPorts, options: AuditOptions): Promise<AuditOutcome> {
  const { clock, catalogue } = ports;
  const [startedAt, from] = [clock.now(), clock.monotonic()];
  const look = async (): Promise<
    { readonly sale: Sale; readonly picture: SaleSnapshot } | 'unknown' | 'notPublished'
  > => {
    const sale = await catalogue.sale(saleId);
    if (sale === undefined) return 'unknown';
    if (!isPublic(sale)) return 'notPublished';
    const picture = await takeSnapshot(sale, ports, options);
    if (picture === undefined)
      throw new Fault('fenced', `the ticket queue does not know the sale ${saleId}: recover it`);
    return { sale, picture };
  };

  const first = await look();
  if (typeof first === 'string') return { kind: first };
  const suspects = suspectsOf(first.sale, first.picture);
  const second = suspects.size === 0 ? first : await look();
  if (typeof second === 'string') return { kind: second };
  const { sale, picture } = second;
  const confirmed = suspects.size === 0 ? [] : inBoth(suspects, suspectsOf(sale, picture));
  const { wrong, returning } = await judge(confirmed, sale, picture, ports, options);

  const invariants: Invariant[] = [];
  for (const name of INVARIANTS) {
    const found = wrong.filter(({ invariant }) => invariant === name);
    invariants.push(await invariantOf(name, found, sale, picture, ports));
  }
  const { log, queue, live } = picture;
  return {
    kind: 'audited',
    report: {
      saleId,
      startedAt,
      tookMs: Math.round(clock.monotonic() - from),
      epoch: sale.epoch,
      ok: wrong.length === 0,
      inFlight: {
        unpublished: queue.pending,
        unstored: log.unsettled.size,
        returning,
        uncounted: Math.max(0, log.reservations - live.after.reserved),
      },
      invariants,
    },
  };
}

async function invariantOf(
  name: InvariantName,
  found: readonly Suspect[],
  sale: Sale,
  picture: SaleSnapshot,
  ports: DescribePorts,
): Promise<Invariant> {
  return {
    name,
    rule: RULES[name],
    ok: found.length === 0,
    counted: countedFor(name, sale, picture),
    found: found.length,
    differences: await describe(found.slice(0, MAX_TOLD), sale, picture, ports),
  };
}

function countedFor(name: InvariantName, sale: Sale, picture: SaleSnapshot): readonly Counted[] {
  const { queue, ledger, queued, orders, counts, log, live } = picture;
  const { reserved, paid } = counts.states;
  const stored = Object.values(counts.states).reduce((sum, count) => sum + count, 0);
  const rows: Readonly<Record<InvariantName, readonly (readonly [what: string, count: number])[]>> = {
    tickets: [
      ['tickets in the catalogue', sale.total],
      ['sold (paid)', paid],
      ['held', queue.held - paid],
      ['remaining', queue.remaining],
    ],
    one_place: [
      ['tickets in the ledger', ledger.book.size],
      ['tickets in the queue', queued.size],
      ['tickets of live orders', counts.tickets],
    ],
    buyer_limit: [
      ['limit', sale.perBuyerLimit],
      ['most in the ledger', ledger.book.mostOfABuyer],
      ['most in the store', orders.mostOfABuyer],
    ],
    stored: [
      ['orders in the log', log.orders + log.unsettled.size],
      ['orders in the store', stored],
      ['rejected ones', counts.states.rejected],
    ],
    ledger: [
      ['reservations in the ledger', ledger.book.size],
      ['live orders', reserved + paid],
    ],
    live_state: [
      ['reservations in the log', log.reservations],
      ['in the live state', live.after.reserved],
      ['second by second', live.after.inSeconds],
    ],
  };
  return rows[name].map(([what, count]) => ({ what, count }));
}
