import { chunked } from '../../domain/chunked.ts';
import type { OrderStore, Rejection, StoreBatch, StoreResult } from '../../ports/order-store.ts';
import type { SqlDatabase } from '../sql/connect.ts';
import { withSqlFaults } from '../sql/faults.ts';
import { createFenceReads } from '../sql/fence-reads.ts';
import { createOrderMoneyReads } from '../sql/order-money-reads.ts';
import { createOrderReads } from '../sql/order-reads.ts';
import { createOrderSearch } from '../sql/order-search.ts';
import { createOrderTransitionReads } from '../sql/order-transition-reads.ts';
import { assertStorable, assertStorableFence } from '../sql/storable.ts';
import { DUPLICATE_KEY, isDuplicateKey } from './deadlock-retry.ts';
import { createOrderTransitions } from './order-transitions.ts';
import { inTransaction, type Session } from './session.ts';
import { insertFences, insertRejectedOrNothing, insertTickets, upsertPositions } from './statements.ts';
import { insertAccepted, type StoredOrders, storeConflicting } from './store-conflicting.ts';

/** Rows of one statement: some 250 bytes each, so that even with long keys it is far below the packet limit of servers. */
const ROWS_PER_INSERT = 2_000;

export interface MysqlOrderStoreOptions {
  /** Milliseconds since 1970: the time at which a rejected order ended. */
  readonly now?: () => number;
}

/** The order store on MySQL 8 or MariaDB. */
export function createMysqlOrderStore(
  database: SqlDatabase,
  { now = Date.now }: MysqlOrderStoreOptions = {},
): OrderStore {
  /** The batch in one transaction; `storeSome` stores a part of its orders. */
  const storeBatch = async (
    session: Session,
    { group, positions, orders, fenced = [], fences = [] }: StoreBatch,
    storeSome: (session: Session, orders: StoreBatch['orders'], endedAt: number) => Promise<StoredOrders>,
  ): Promise<StoreResult> => {
    const [rejected, endedAt]: [Rejection[], number] = [[], now()];
    let stored = 0;
    for (const rows of chunked(orders, ROWS_PER_INSERT)) {
      const some = await storeSome(session, rows, endedAt);
      stored += some.stored;
      rejected.push(...some.rejected);
    }
    // After the others: a fenced order that is accepted in the same batch is stored by now.
    rejected.push(...(await insertFenced(session, fenced, endedAt)));
    if (fences.length > 0) await session.write(insertFences(group, fences));
    if (positions.length > 0) await session.write(upsertPositions(group, positions));
    return { stored, repeated: orders.length + fenced.length - stored - rejected.length, rejected };
  };

  return {
    ...createOrderReads(database),
    ...createOrderSearch(database),
    ...createFenceReads(database),
    ...createOrderTransitionReads(database),
    ...createOrderMoneyReads(database),
    ...createOrderTransitions(database),

    store: (batch) =>
      withSqlFaults('storing orders', async () => {
        for (const order of [...batch.orders, ...(batch.fenced ?? [])]) assertStorable(order);
        for (const fence of batch.fences ?? []) assertStorableFence(fence);
        try {
          return await inTransaction(database, (session) => storeBatch(session, batch, storeNew));
        } catch (error) {
          if (!isDuplicateKey(error)) throw error;
          return inTransaction(database, (session) => storeBatch(session, batch, storeConflicting), DUPLICATE_KEY);
        }
      }),
  };
}

/** As nearly all batches are stored: two inserts, and no read. Fails if an order is stored already or conflicts with another. */
async function storeNew(session: Session, orders: StoreBatch['orders']): Promise<StoredOrders> {
  await insertAccepted(session, orders);
  return { stored: orders.length, rejected: [] };
}

async function insertFenced(
  session: Session,
  fenced: StoreBatch['orders'],
  endedAt: number,
): Promise<readonly Rejection[]> {
  const rejected: Rejection[] = [];
  for (const { order } of fenced) {
    const rejection: Rejection = { order: { ...order, state: 'rejected', endedAt }, reason: 'fence' };
    if ((await session.write(insertRejectedOrNothing(rejection))) === 0) continue;
    await session.write(insertTickets([rejection], 'ended'));
    rejected.push(rejection);
  }
  return rejected;
}
