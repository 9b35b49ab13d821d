import { expect } from 'vitest';
import type { OrderJson } from '../../src/api/orders/schema.ts';
import { createClient, inParallel } from './http-client.ts';
import type { Workspace } from './workspace.ts';

const BUYERS = 20_000;
const CONNECTIONS = 200;
const MOST_EACH = 4;

/** One of 1 to 4, for a quarter of the buyers each. */
const quantityOf = (buyer: number): number => 1 + (buyer % MOST_EACH);

/**
 * 20,000 buyers ask for 1 to 4 tickets each, all at once, of a sale of `total` tickets. Expects that every ticket is sold
 * once, and that each buyer got all that they asked for or nothing. Returns the orders that were answered.
 */
export async function stampedeOfQuantities(
  port: number,
  { tokenOf, publish }: Pick<Workspace, 'tokenOf' | 'publish'>,
  { saleId, total }: { readonly saleId: string; readonly total: number },
): Promise<readonly OrderJson[]> {
  await publish({ id: saleId, total, perBuyerLimit: MOST_EACH });
  const client = createClient(port, CONNECTIONS);
  const answers = await inParallel(BUYERS, CONNECTIONS, async (n) => {
    const quantity = quantityOf(n);
    const { status, body } = await client.purchase({
      saleId,
      token: tokenOf(`buyer-${n}`),
      key: `click-${n}`,
      quantity,
    });
    return { status, quantity, body: JSON.parse(body) };
  });
  client.close();

  const orders: OrderJson[] = [];
  for (const { status, quantity, body } of answers) {
    if (status === 201) {
      expect(body).toMatchObject({ quantity, tickets: { length: quantity }, total: { amount: quantity * 4999 } });
      orders.push(body);
    } else {
      expect(status).toBe(409);
      expect(['sold_out', 'not_enough_left']).toContain(body.code);
      // Who asks for one ticket is refused only when none is left.
      if (body.code === 'not_enough_left') expect(body.remaining).toBeLessThan(quantity);
    }
  }
  const tickets = orders.flatMap((order) => order.tickets);
  expect(tickets).toHaveLength(total);
  expect(new Set(tickets)).toEqual(new Set(Array.from({ length: total }, (_, n) => n + 1)));
  return orders;
}
