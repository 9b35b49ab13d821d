import type { RejectionReason } from '../../ports/order-store.ts';

/** An order of a batch, as far as it may conflict with others. */
export interface Candidate {
  readonly id: string;
  readonly saleId: string;
  readonly userId: string;
  /** As it is stored: null if it is derived from the id, and so is unique. */
  readonly key: string | null;
  readonly tickets: readonly number[];
}

/** What the database has of the orders of a batch. */
export interface StoredRows {
  /** Why each order that is stored was rejected, if it was; by its id. */
  readonly reasons: ReadonlyMap<string, RejectionReason | null>;
  /** The tickets that live orders hold; see {@link ticketKey}. */
  readonly held: ReadonlySet<string>;
  /** The keys that buyers have used; see {@link buyersKey}. */
  readonly keys: ReadonlySet<string>;
}

export interface Loser<Order extends Candidate> {
  readonly order: Order;
  readonly reason: Exclude<RejectionReason, 'fence'>;
  /** Its tickets that other live orders hold: at least one if the reason is `ticket`. */
  readonly heldByOthers: readonly number[];
}

export interface Decided<Order extends Candidate> {
  readonly accepted: readonly Order[];
  readonly rejected: readonly Loser<Order>[];
  /** Accepted or rejected ones that a fence rejected before: their rows have to be removed first. */
  readonly replaced: readonly Order[];
}

/** No id contains NUL, see assertStorable. */
export function ticketKey(saleId: string, ticket: number): string {
  return `${saleId}\0${ticket}`;
}

export function buyersKey({ saleId, userId }: Pick<Candidate, 'saleId' | 'userId'>, key: string): string {
  return `${saleId}\0${userId}\0${key}`;
}

/** An order that a fence rejected can still be accepted. */
export function isStored(id: string, reasons: StoredRows['reasons']): boolean {
  const reason = reasons.get(id);
  return reason !== undefined && reason !== 'fence';
}

/**
 * Which orders of a batch are accepted, in its order: what one fails to get may go to a later one. Those that are stored
 * already, or come twice, are left out. Such a batch is rare, since the queue assigns no ticket twice; all others are inserted
 * without any read.
 */
export function decideOrders<Order extends Candidate>(
  batch: readonly Order[],
  { reasons, held, keys }: StoredRows,
): Decided<Order> {
  const seen = new Set<string>();
  const [heldNow, keysNow] = [new Set(held), new Set(keys)];
  const accepted: Order[] = [];
  const rejected: Loser<Order>[] = [];
  const replaced: Order[] = [];
  for (const order of batch) {
    const { id, saleId, key, tickets } = order;
    if (seen.has(id) || isStored(id, reasons)) continue;
    seen.add(id);
    if (reasons.has(id)) replaced.push(order);
    const wanted = key === null ? undefined : buyersKey(order, key);
    const heldByOthers = tickets.filter((ticket) => heldNow.has(ticketKey(saleId, ticket)));
    if (heldByOthers.length > 0) rejected.push({ order, reason: 'ticket', heldByOthers });
    else if (wanted !== undefined && keysNow.has(wanted)) rejected.push({ order, reason: 'key', heldByOthers });
    else {
      accepted.push(order);
      for (const ticket of tickets) heldNow.add(ticketKey(saleId, ticket));
      if (wanted !== undefined) keysNow.add(wanted);
    }
  }
  return { accepted, rejected, replaced };
}
