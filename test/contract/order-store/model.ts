import fc from 'fast-check';
import { newOrder } from '../../support/orders.ts';
import type { OrderStoreHarness } from './harness.ts';
import { lifecycleCommands, ORDERS, orderWish, type Sale } from './lifecycle-commands.ts';
import { LifecycleModel } from './lifecycle-model.ts';

/** Enough for an order to be stored, moved, captured, returned and redelivered, with conflicting ones in between. */
const MAX_COMMANDS = 20;
const RUNS = 40;

/** Runs random commands on a new sale, on two processes; after each the store must be in the state of the model. */
export async function orderStoreModel(
  { store, other }: OrderStoreHarness,
  nextSaleId: () => string,
  nextOrderId: () => string,
): Promise<void> {
  const wishes = fc.array(orderWish, { minLength: ORDERS, maxLength: ORDERS });
  // As many commands for a small size: short sequences prove little.
  const commands = fc.commands(lifecycleCommands, { maxCommands: MAX_COMMANDS, size: 'max' });
  await fc.assert(
    fc.asyncProperty(wishes, commands, async (wishes, commands) => {
      const id = nextSaleId();
      const orders = wishes.map(({ tickets, user, key, payBy }) =>
        newOrder({ saleId: id, tickets, id: nextOrderId(), userId: `u${user}`, key: `k:${key}`, payBy }),
      );
      const sale: Sale = { id, processes: [store, other], orders };
      await fc.asyncModelRun(() => ({ model: new LifecycleModel(), real: sale }), commands);
    }),
    { numRuns: RUNS },
  );
}
