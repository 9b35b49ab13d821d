import type { Sale } from '../../domain/sale.ts';
import type { WrongMoney } from '../../ports/audit-source.ts';
import { endsTurn, inTurns } from '../turns.ts';
import type { InvariantName } from './result.ts';
import type { SaleSnapshot } from './snapshot.ts';
import type { TicketHolders } from './ticket-holders.ts';

export type CandidateKind =
  | 'epoch'
  | 'total'
  | 'sum'
  | 'counted by buyer'
  | 'nowhere'
  | 'held and queued'
  | 'queued twice'
  | 'held twice'
  | 'live twice'
  | 'stray in the queue'
  | 'stray in the ledger'
  | 'stray in the store'
  | 'ledger over limit'
  | 'store over limit'
  | 'not stored'
  | 'holders differ'
  | 'live ahead'
  | 'live behind'
  | 'timeline ahead'
  | 'timeline behind'
  | WrongMoney['kind'];

/** What violates an invariant in one snapshot: a discrepancy, unless it is still in flight. */
export interface Candidate {
  readonly invariant: InvariantName;
  readonly kind: CandidateKind;
  readonly ticket?: number;
  /** The orders concerned. For 'holders differ' the ledger's and the store's, the empty string for none. */
  readonly orders: readonly string[];
}

/** By content: the same candidate has the same key in every snapshot. */
export type Candidates = ReadonlyMap<string, Candidate>;

/**
 * Candidates per check at most, so that a store that lost everything does not make a million objects. They are those of
 * the smallest tickets, so that two snapshots have the same ones.
 */
const MAX_PER_CHECK = 100_000;

/** The event loop goes on meanwhile. */
export async function candidatesOf(sale: Sale, snapshot: SaleSnapshot): Promise<Candidates> {
  const found = new Map<string, Candidate>();
  for (const check of CHECKS) {
    let left = MAX_PER_CHECK;
    for await (const candidate of inTurns(check(sale, snapshot))) {
      found.set(JSON.stringify([candidate.kind, candidate.ticket, candidate.orders]), candidate);
      left -= 1;
      if (left === 0) break;
    }
  }
  return found;
}

/** The candidates of both snapshots: what was in flight during the first has moved on by the second. */
export async function inBoth(first: Candidates, second: Candidates): Promise<Candidates> {
  const both = new Map<string, Candidate>();
  for await (const [key, candidate] of inTurns(second)) if (first.has(key)) both.set(key, candidate);
  return both;
}

/** Yields `undefined` where a turn of the event loop may pass. */
type Found = Iterable<Candidate | undefined>;
type Check = (sale: Sale, snapshot: SaleSnapshot) => Found;

const CHECKS: readonly Check[] = [sums, places, strays, overLimit, notStored, differentHolders, miscounted, wrongMoney];

const about = (
  invariant: InvariantName,
  kind: CandidateKind,
  ticket?: number,
  orders: readonly string[] = [],
): Candidate => (ticket === undefined ? { invariant, kind, orders } : { invariant, kind, ticket, orders });

function* sums(sale: Sale, { queue, heldByBuyers }: SaleSnapshot): Found {
  if (queue.epoch !== sale.epoch) yield about('tickets', 'epoch');
  if (queue.total !== sale.total) yield about('tickets', 'total');
  if (queue.held + queue.remaining !== sale.total) yield about('tickets', 'sum');
  if (heldByBuyers !== undefined && heldByBuyers !== queue.held) yield about('buyer_limit', 'counted by buyer');
}

function* places({ total }: Sale, { ledger: { holders }, queued, orders }: SaleSnapshot): Found {
  for (const [ticket, rivals] of holders.doubled) yield about('one_place', 'held twice', ticket, [...rivals].sort());
  for (const [ticket, rivals] of orders.doubled) yield about('one_place', 'live twice', ticket, [...rivals].sort());
  for (let ticket = 1; ticket <= total; ticket += 1) {
    const times = queued.times[ticket] as number;
    const held = holders.has(ticket);
    if (held && times > 0) yield about('one_place', 'held and queued', ticket, [holders.ids.get(ticket)]);
    else if (times > 1) yield about('one_place', 'queued twice', ticket);
    else if (!held && times === 0) yield about('one_place', 'nowhere', ticket);
    if (endsTurn(ticket)) yield undefined;
  }
}

function* strays(_sale: Sale, { ledger: { holders }, queued, orders }: SaleSnapshot): Found {
  for (const ticket of queued.strays) yield about('one_place', 'stray in the queue', ticket);
  for (const [ticket, held] of holders.strays)
    yield about('one_place', 'stray in the ledger', ticket, [...held].sort());
  for (const [ticket, held] of orders.strays) yield about('one_place', 'stray in the store', ticket, [...held].sort());
}

function* overLimit({ perBuyerLimit }: Sale, { ledger, orders }: SaleSnapshot): Found {
  const buyersOf = function* (holders: TicketHolders, kind: CandidateKind): Found {
    for (const held of holders.overLimit(perBuyerLimit)) {
      const orderIds = held && [...new Set(held.map(({ orderId }) => orderId))];
      yield orderIds && about('buyer_limit', kind, undefined, orderIds);
    }
  };
  yield* buyersOf(ledger.holders, 'ledger over limit');
  yield* buyersOf(orders, 'store over limit');
}

function* notStored(_sale: Sale, { missing }: SaleSnapshot): Found {
  for (const { ticket, orderId } of missing) yield about('stored', 'not stored', ticket, [orderId]);
}

function* differentHolders({ total }: Sale, { ledger: { holders }, orders }: SaleSnapshot): Found {
  for (let ticket = 1; ticket <= total; ticket += 1) {
    if (endsTurn(ticket)) yield undefined;
    if (holders.ids.same(ticket, orders.ids) && holders.buyers[ticket] === orders.buyers[ticket]) continue;
    yield about('ledger', 'holders differ', ticket, [holders.ids.get(ticket), orders.ids.get(ticket)]);
  }
}

/** What was counted before the log was read is in the log; what is in the log is counted in the end. */
function* miscounted(_sale: Sale, { log, isLogComplete, live: { before, after } }: SaleSnapshot): Found {
  if (isLogComplete && before.reserved > log.reserved) yield about('live_state', 'live ahead');
  if (isLogComplete && before.inTimeline > log.reserved) yield about('live_state', 'timeline ahead');
  if (after.reserved < log.reserved) yield about('live_state', 'live behind');
  if (after.inTimeline < log.reserved) yield about('live_state', 'timeline behind');
}

function* wrongMoney(_sale: Sale, { money }: SaleSnapshot): Found {
  for (const { kind, orderId } of money.wrong) yield about('money', kind, undefined, [orderId]);
}
