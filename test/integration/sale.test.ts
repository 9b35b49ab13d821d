import { afterEach, beforeEach, expect, test } from 'vitest';
import { startFloodgate } from '../support/floodgate-process.ts';
import { createClient, inParallel } from '../support/http-client.ts';
import { untilSettled } from '../support/settled.ts';
import { stampedeOfQuantities } from '../support/stampede-of-quantities.ts';
import { createWorkspace, type Workspace } from '../support/workspace.ts';

let workspace: Workspace;

beforeEach(async () => {
  workspace = await createWorkspace();
});

afterEach(() => workspace.remove());

test('20,000 buyers over 200 connections get each of 1,000 tickets once, and all others get sold_out', async () => {
  await workspace.publish({ id: 'stampede', total: 1000 });
  const server = await startFloodgate(workspace.env);
  const client = createClient(server.port, 200);

  const answers = await inParallel(20_000, 200, (n) =>
    client.purchase({ saleId: 'stampede', token: workspace.tokenOf(`buyer-${n}`), key: `click-${n}` }),
  );
  await untilSettled(client);
  expect((await client.get('/metrics')).body).toMatch(/^floodgate_settlement_store_seconds_count [1-9]/m);
  client.close();
  expect(await server.kill('SIGTERM')).toBe(0);

  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201, 409]));
  const bodiesOf = (wanted: number) =>
    answers.filter(({ status }) => status === wanted).map(({ body }) => JSON.parse(body));
  const bought: { id: string; tickets: number[] }[] = bodiesOf(201);
  const refused: string[] = bodiesOf(409).map(({ code }) => code);
  expect(bought).toHaveLength(1000);
  expect(refused).toHaveLength(19_000);
  expect(new Set(refused)).toEqual(new Set(['sold_out']));
  expect(new Set(bought.flatMap(({ tickets }) => tickets)).size).toBe(1000);

  const { orders, remaining } = await workspace.inspect('stampede');
  expect(remaining).toBe(0);
  expect(new Map(orders.map(({ id, tickets }) => [id, tickets]))).toEqual(
    new Map(bought.map(({ id, tickets }) => [id, tickets])),
  );
  expect(new Set(orders.map(({ userId }) => userId)).size).toBe(1000);
});

test('20,000 buyers who ask for 1 to 4 tickets get each of 1,000 tickets once, in whole orders', async () => {
  const server = await startFloodgate(workspace.env);
  const bought = await stampedeOfQuantities(server.port, workspace, { saleId: 'groups', total: 1000 });
  const client = createClient(server.port, 1);
  await untilSettled(client);
  client.close();
  expect(await server.kill('SIGTERM')).toBe(0);

  const { orders, remaining, held } = await workspace.inspect('groups');
  expect({ remaining, held }).toEqual({ remaining: 0, held: 1000 });
  expect(new Map(orders.map(({ id, tickets }) => [id, tickets]))).toEqual(
    new Map(bought.map(({ id, tickets }) => [id, tickets])),
  );
});

test('one key sent 500 times at once makes one order and 500 identical answers', async () => {
  await workspace.publish({ id: 'retries' });
  const server = await startFloodgate(workspace.env);
  const client = createClient(server.port, 500);
  const token = workspace.tokenOf('impatient');

  const answers = await inParallel(500, 500, () => client.purchase({ saleId: 'retries', token, key: 'the-one' }));
  const again = await client.purchase({ saleId: 'retries', token, key: 'the-one' });
  await untilSettled(client);
  client.close();
  await server.kill('SIGTERM');

  expect(answers.map(({ status }) => status)).toEqual(new Array(500).fill(201));
  expect(new Set(answers.map(({ body }) => body))).toEqual(new Set([again.body]));
  expect(again.headers['idempotent-replayed']).toBe('true');
  expect(answers.filter(({ headers }) => headers['idempotent-replayed'] === undefined)).toHaveLength(1);
  const { orders, remaining } = await workspace.inspect('retries');
  expect(orders).toHaveLength(1);
  expect(remaining).toBe(999);
});

test('500 purchases of one buyer with limit 1 make one order, and 499 refusals that name it', async () => {
  await workspace.publish({ id: 'greedy' });
  const server = await startFloodgate(workspace.env);
  const client = createClient(server.port, 500);
  const token = workspace.tokenOf('greedy');

  const answers = await inParallel(500, 500, (n) => client.purchase({ saleId: 'greedy', token, key: `click-${n}` }));
  await untilSettled(client);
  client.close();
  await server.kill('SIGTERM');

  const [bought, ...more] = answers.filter(({ status }) => status === 201);
  expect(more).toHaveLength(0);
  const { id } = JSON.parse(bought?.body ?? '{}') as { id: string };
  const refusals = answers.filter(({ status }) => status === 409).map(({ body }) => JSON.parse(body));
  expect(refusals).toHaveLength(499);
  for (const refusal of refusals) expect(refusal).toMatchObject({ code: 'limit_reached', orderIds: [id] });
  expect((await workspace.inspect('greedy')).orders.map((order) => order.id)).toEqual([id]);
});

test('a key is answered with the same bytes after a restart', async () => {
  await workspace.publish({ id: 'restart' });
  const call = { saleId: 'restart', token: workspace.tokenOf('patient'), key: 'mine' };
  const bodies: string[] = [];
  for (let round = 0; round < 2; round += 1) {
    const server = await startFloodgate(workspace.env);
    const client = createClient(server.port, 1);
    bodies.push((await client.purchase(call)).body);
    client.close();
    await server.kill('SIGKILL');
  }
  expect(bodies[1]).toBe(bodies[0]);
});

test('an order is readable as soon as its purchase is answered, by its buyer only', async () => {
  await workspace.publish({ id: 'readable', total: 200, perBuyerLimit: 200 });
  const server = await startFloodgate(workspace.env);
  const client = createClient(server.port, 20);
  const token = workspace.tokenOf('reader');
  const other = workspace.tokenOf('stranger');

  await inParallel(200, 20, async () => {
    const bought = await client.purchase({ saleId: 'readable', token });
    const location = String(bought.headers.location);
    expect(await client.get(location, token)).toMatchObject({ status: 200, body: bought.body });
    expect((await client.get(location, other)).status).toBe(404);
  });
  client.close();
  await server.kill('SIGTERM');
});
