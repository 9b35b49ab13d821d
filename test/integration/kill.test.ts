import { afterEach, beforeEach, expect, test } from 'vitest';
import { startFloodgate } from '../support/floodgate-process.ts';
import { type Answer, createClient } from '../support/http-client.ts';
import { untilSettled } from '../support/settled.ts';
import { createWorkspace, type Workspace } from '../support/workspace.ts';

let workspace: Workspace;

beforeEach(async () => {
  workspace = await createWorkspace();
});

afterEach(() => workspace.remove());

const TOTAL = 3000;
const BUYERS = 64;

test('after five times kill -9 during a sale every 201 is a stored order, and sold + remaining = total', async () => {
  await workspace.publish({ id: 'crashes', total: TOTAL, perBuyerLimit: TOTAL });
  const acknowledged = new Map<string, string>();

  for (let round = 0; round < 5; round += 1) {
    const server = await startFloodgate(workspace.env);
    const client = createClient(server.port, BUYERS);
    // A random number of answers, so that the process is killed somewhere within a batch.
    const killAfter = 100 + Math.floor(Math.random() * 400);
    let answered = 0;
    let isKilled = false;
    let killed: Promise<unknown> = Promise.resolve();

    const buy = async (buyer: number) => {
      for (let n = 0; !isKilled; n += 1) {
        const call = { saleId: 'crashes', token: workspace.tokenOf(`buyer-${buyer}`), key: `${round}-${n}` };
        const answer = await client.purchase(call).catch((): Answer | undefined => undefined);
        if (answer === undefined) return;
        expect(answer.status).toBe(201);
        const { id, tickets } = JSON.parse(answer.body) as { id: string; tickets: number[] };
        acknowledged.set(id, String(tickets));
        answered += 1;
        if (answered === killAfter) {
          isKilled = true;
          killed = server.kill('SIGKILL');
        }
      }
    };
    await Promise.all(Array.from({ length: BUYERS }, (_, buyer) => buy(buyer)));
    await killed;
    client.close();
  }

  // The last start publishes and stores what the last kill has left unfinished.
  const server = await startFloodgate(workspace.env);
  const client = createClient(server.port, 1);
  await untilSettled(client);
  client.close();
  expect(await server.kill('SIGTERM')).toBe(0);

  const { orders, remaining } = await workspace.inspect('crashes');
  const stored = new Map(orders.map(({ id, tickets }) => [id, String(tickets)]));
  expect(acknowledged.size).toBeGreaterThan(500);
  for (const [id, tickets] of acknowledged) expect(stored.get(id)).toBe(tickets);
  expect(new Set(stored.values()).size).toBe(orders.length);
  expect(orders.length + (remaining ?? 0)).toBe(TOTAL);
});
