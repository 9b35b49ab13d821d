import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/adapters/system/clock.ts';
import { poll } from '../../src/resilience/poll.ts';
import { createClient } from '../support/http-client.ts';
import { INSTALLATIONS, type Installation } from '../support/installation.ts';

// dev/test.mjs starts the servers of the variables named here: TEST_REDIS_URL, TEST_KAFKA_BROKERS, TEST_MYSQL_URL and TEST_MONGODB_URL.

const PATIENCE = { everyMs: 100, forMs: 30_000, clock: systemClock } as const;

/** Enough requests, on as many connections, that each of two fronts on one port gets some. */
const REQUESTS = 20;

describe.each(INSTALLATIONS)('archiving on %s', (_, open) => {
  let installation: Installation;
  let client: ReturnType<typeof createClient>;

  beforeAll(async () => {
    if (open === undefined) return;
    installation = await open();
    client = createClient(installation.port, REQUESTS);
  });

  afterAll(async () => {
    client?.close();
    await installation?.stop();
  });

  const post = (path: string) => client.call('POST', path, installation.workspace.tokenOf('boss', 'admin'));
  const command = (saleId: string, name: string) => post(`/v1/admin/sales/${saleId}/${name}`);

  /** A closed sale with one cancelled order, which is stored and has returned its ticket. */
  async function settledSale(id: string): Promise<void> {
    const { workspace } = installation;
    await workspace.publish({ id, total: 5 });
    const token = workspace.tokenOf('ann');
    const bought = await poll(() => client.purchase({ saleId: id, token, key: 'once' }), {
      ...PATIENCE,
      until: ({ status }) => status === 201,
    });
    const { id: orderId } = JSON.parse(bought.body) as { readonly id: string };
    expect((await client.call('POST', `/v1/orders/${orderId}/cancel`, token)).status).toBe(200);
    expect((await command(id, 'close')).status).toBe(200);
  }

  test.skipIf(open === undefined)('frees the queue, and every front refuses purchases', async () => {
    await settledSale('archived');
    const archived = await poll(() => command('archived', 'archive'), {
      ...PATIENCE,
      until: ({ status }) => status === 200,
    });
    expect(JSON.parse(archived.body)).toMatchObject({ phase: 'archived', remaining: 0 });
    expect(await installation.workspace.inspect('archived')).toMatchObject({
      orders: [{ state: 'cancelled' }],
      held: undefined,
      remaining: undefined,
    });

    const codes = async () => {
      const { tokenOf } = installation.workspace;
      const buyers = Array.from({ length: REQUESTS }, (_none, n) =>
        client.purchase({ saleId: 'archived', token: tokenOf(n === 0 ? 'ann' : `buyer-${n}`), key: 'once' }),
      );
      const answers = await Promise.all(buyers);
      return [...new Set(answers.map(({ body }) => (JSON.parse(body) as { readonly code: string }).code))].join();
    };
    expect(await poll(codes, { ...PATIENCE, until: (all) => all === 'archived' })).toBe('archived');
  });

  test.skipIf(open === undefined)(
    'is finished by the scheduler when the process died after the catalogue',
    async () => {
      await settledSale('half-archived');
      const { ports, close } = await installation.workspace.open();
      try {
        const sale = await ports.catalogue.sale('half-archived');
        if (sale === undefined) throw new Error('the sale was published');
        expect(await ports.catalogue.saveSale({ ...sale, status: 'archived', version: sale.version + 1 })).toBe(true);
        const stock = await poll(() => ports.queue.stock(sale.id), {
          ...PATIENCE,
          until: (left) => left === undefined,
        });
        expect(stock).toBeUndefined();
      } finally {
        await close();
      }
    },
  );
});
