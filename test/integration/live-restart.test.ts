import { afterEach, beforeEach, expect, test } from 'vitest';
import WebSocket from 'ws';
import { createLiveClient, type LiveClient } from '../../src/client/index.ts';
import { startFloodgate } from '../support/floodgate-process.ts';
import { freePort } from '../support/free-port.ts';
import { LiveTalk } from '../support/live-talk.ts';
import { createWorkspace, type Workspace } from '../support/workspace.ts';

let workspace: Workspace;

beforeEach(async () => {
  workspace = await createWorkspace();
});

afterEach(() => workspace.remove());

test('a front that stops answers the purchases in flight, and closes its sockets with 1001', async () => {
  await workspace.publish({ id: 'leaving', total: 1000 });
  const server = await startFloodgate(workspace.env);
  const talks = await Promise.all(
    Array.from({ length: 50 }, (_, n) => LiveTalk.open(server.port, workspace.tokenOf(`buyer-${n}`))),
  );
  const asked = talks.map((talk) => talk.ask({ type: 'purchase', saleId: 'leaving' }));
  await Promise.race(asked);
  const exited = server.kill('SIGTERM');
  for (const reply of await Promise.all(asked)) expect([201, 503]).toContain(reply.status);
  for (const talk of talks) expect(await talk.client.closed).toEqual({ code: 1001, reason: 'draining' });
  expect(await exited).toBe(0);
});

test('clients of a front that is killed and restarted reconnect and ask again, and no buyer gets two tickets', async () => {
  const buyers = 100;
  const port = String(await freePort());
  await workspace.publish({ id: 'killed', total: 1000, perBuyerLimit: 2 });
  const first = await startFloodgate({ ...workspace.env, PORT: port });
  const remaining: (number | undefined)[] = [];
  const clients: LiveClient[] = Array.from({ length: buyers }, (_, n) =>
    createLiveClient({
      url: `ws://127.0.0.1:${port}/v1/live`,
      token: workspace.tokenOf(`buyer-${n}`),
      WebSocket: WebSocket as unknown as NonNullable<Parameters<typeof createLiveClient>[0]['WebSocket']>,
    }),
  );
  clients.forEach((client, n) => {
    client.subscribe('killed', (stock) => {
      remaining[n] = stock.remaining;
    });
  });
  await expect.poll(() => remaining.filter((left) => left === 1000).length, { timeout: 20_000 }).toBe(buyers);

  const purchases = clients.map((client) => client.purchase('killed', { timeoutMs: 60_000 }));
  // When the first is answered, the others are in any state of their processing.
  await Promise.race(purchases);
  await first.kill('SIGKILL');
  const second = await startFloodgate({ ...workspace.env, PORT: port });
  const answers = await Promise.all(purchases);

  expect(answers.map(({ status }) => status)).toEqual(new Array(buyers).fill(201));
  await expect.poll(() => remaining.filter((left) => left === 1000 - buyers).length, { timeout: 20_000 }).toBe(buyers);
  for (const client of clients) client.close();
  await second.kill('SIGTERM');
  const { orders, held } = await workspace.inspect('killed');
  expect(orders).toHaveLength(buyers);
  expect(new Set(orders.map(({ userId }) => userId)).size).toBe(buyers);
  expect(held).toBe(buyers);
});
