import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SqlDatabase } from '../../../src/adapters/sql/connect.ts';
import type { OrderStore } from '../../../src/ports/order-store.ts';
import { newOrder, nextOrderId, nextSaleId } from '../../support/orders.ts';
import { put } from './harness.ts';

export interface TicketKeyHarness {
  readonly store: OrderStore;
  readonly database: SqlDatabase;
  readonly close: () => Promise<void>;
}

/** What an order store on a database relies on: the database itself refuses a second live order of a ticket. */
export function ticketKeyContract(name: string, open: () => Promise<TicketKeyHarness>): void {
  describe(`the key of tickets: ${name}`, () => {
    let harness: TicketKeyHarness;

    beforeAll(async () => {
      harness = await open();
    });
    afterAll(() => harness.close());

    const insert = (saleId: string, ticket: number, ended: string, orderId: string) =>
      harness.database.run(
        'INSERT INTO order_tickets (sale_id, ticket, ended, order_id) VALUES (?, ?, ?, ?)',
        ...[saleId, ticket, ended, orderId],
      );

    test.each([1, 2, 3])('refuses a second live row of ticket %i of an order, and no other row', async (ticket) => {
      const saleId = nextSaleId();
      await put(harness.store, newOrder({ saleId, tickets: [1, 2, 3] }));
      const id = nextOrderId();
      expect(await insert(saleId, ticket, id, id)).toBe(1);
      expect(await insert(saleId, ticket + 10, '', id)).toBe(1);
      await expect(insert(saleId, ticket, '', id)).rejects.toMatchObject({
        code: expect.stringMatching(/^(ER_DUP_ENTRY|SQLITE_CONSTRAINT_PRIMARYKEY)$/),
      });
    });
  });
}
