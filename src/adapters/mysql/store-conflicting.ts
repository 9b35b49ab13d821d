import { groupBy } from '../../domain/group-by.ts';
import type { NewOrder, Rejection, RejectionReason } from '../../ports/order-store.ts';
import { buyersKey, type Candidate, decideOrders, isStored, type StoredRows, ticketKey } from '../sql/decide-orders.ts';
import { storedKey } from '../sql/stored-key.ts';
import { textOf } from '../sql/text-of.ts';
import {
  deleteEndedTickets,
  deleteFenced,
  insertOwed,
  lockStored,
  selectHeld,
  selectKeys,
} from './conflict-statements.ts';
import type { Session } from './session.ts';
import { insertOrders, insertRejected, insertTickets } from './statements.ts';

interface Fresh extends Candidate {
  readonly fresh: NewOrder;
}

interface KeyRow {
  readonly user_id: string | Uint8Array;
  readonly idem_key: string | Uint8Array;
}

export interface StoredOrders {
  readonly stored: number;
  readonly rejected: readonly Rejection[];
}

/**
 * Stores orders of which some are stored already, or conflict with others. A row that another worker inserts after our reads
 * makes our insert fail: the transaction is to be repeated then, and finds it.
 */
export async function storeConflicting(
  session: Session,
  orders: readonly NewOrder[],
  endedAt: number,
): Promise<StoredOrders> {
  const all = orders.map(candidateOf);
  const known = await session.rows<{ readonly id: string; readonly reason: RejectionReason | null }>(lockStored(all));
  const reasons = new Map(known.map(({ id, reason }) => [id, reason]));
  const batch = all.filter(({ id }) => !isStored(id, reasons));
  const { accepted, rejected, replaced } = decideOrders(batch, { reasons, ...(await conflictsOf(session, batch)) });
  if (replaced.length > 0) {
    await session.write(deleteFenced(replaced));
    for (const [saleId, some] of groupBy(replaced, saleIdOf)) await session.write(deleteEndedTickets(saleId, some));
  }
  const won = accepted.map(({ fresh }) => fresh);
  if (won.length > 0) await insertAccepted(session, won);
  if (rejected.length === 0) return { stored: won.length, rejected: [] };
  const rejections = rejected.map(({ order: { fresh }, reason }): Rejection => {
    return { order: { ...fresh.order, state: 'rejected', endedAt }, reason };
  });
  await session.write(insertRejected(rejections));
  await session.write(insertTickets(rejections, 'ended'));
  await session.write(insertOwed(rejected));
  return { stored: won.length, rejected: rejections };
}

/** Fails if one of the orders is stored, or conflicts with another one, in the batch or stored. */
export async function insertAccepted(session: Session, orders: readonly NewOrder[]): Promise<void> {
  await session.write(insertOrders(orders));
  await session.write(insertTickets(orders, 'live'));
}

async function conflictsOf(session: Session, batch: readonly Candidate[]): Promise<Pick<StoredRows, 'held' | 'keys'>> {
  const [held, keys] = [new Set<string>(), new Set<string>()];
  for (const [saleId, some] of groupBy(batch, saleIdOf)) {
    for (const { ticket } of await session.rows<{ readonly ticket: number }>(selectHeld(saleId, some))) {
      held.add(ticketKey(saleId, ticket));
    }
    const select = selectKeys(saleId, some);
    if (select === undefined) continue;
    for (const { user_id, idem_key } of await session.rows<KeyRow>(select)) {
      keys.add(buyersKey({ saleId, userId: textOf(user_id) }, textOf(idem_key)));
    }
  }
  return { held, keys };
}

function candidateOf(fresh: NewOrder): Fresh {
  const { id, saleId, userId, tickets } = fresh.order;
  return { id, saleId, userId, tickets, key: storedKey(fresh.key, id), fresh };
}

function saleIdOf({ saleId }: Candidate): string {
  return saleId;
}
