import type { SqlDatabase } from '../../src/adapters/sql/connect.ts';
import type { OrderState } from '../../src/domain/order.ts';

/** Changes an order's state behind the store's back. */
export async function setOrderState(database: SqlDatabase, orderId: string, state: OrderState): Promise<void> {
  await database.em().getConnection().execute('UPDATE orders SET state = ? WHERE id = ?', [state, orderId], 'run');
}
