import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type FloodgateProcess, MAIN, startFloodgate } from '../support/floodgate-process.ts';
import { createClient } from '../support/http-client.ts';
import { untilSettled } from '../support/settled.ts';
import { createWorkspace, type Workspace } from '../support/workspace.ts';

const BUYERS = ['anna', 'bernd', 'carla'];

let workspace: Workspace;
let server: FloodgateProcess;
let ids: readonly string[];

beforeAll(async () => {
  workspace = await createWorkspace();
  server = await startFloodgate(workspace.env);
  await workspace.publish({ id: 'sale-1', total: 10 });
  const bought: string[] = [];
  for (const buyer of BUYERS) {
    const answer = await fetch(`http://127.0.0.1:${server.port}/v1/sales/sale-1/purchases`, {
      method: 'POST',
      headers: { authorization: `Bearer ${workspace.tokenOf(buyer)}` },
    });
    bought.push(((await answer.json()) as { readonly id: string }).id);
  }
  ids = bought;
  await untilSettled(createClient(server.port, 1));
});

afterAll(async () => {
  await server?.kill('SIGTERM');
  await workspace?.remove();
});

async function order(...args: readonly string[]) {
  const child = spawn(process.execPath, [MAIN, 'order', ...args], {
    env: workspace.env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, error] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk;
  });
  child.stderr.on('data', (chunk: Buffer) => {
    error += chunk;
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, out, error };
}

describe('floodgate order, beside a running server,', () => {
  test('lists orders newest first as a table, as CSV and as NDJSON', async () => {
    const table = await order('list', '--sale', 'sale-1');
    expect([table.code, table.error]).toEqual([0, '']);
    const [heading, ...rows] = table.out.trimEnd().split('\n');
    expect(heading?.split(/ +/)).toEqual(['ORDER', 'STATE', 'RESERVED', 'TICKETS', 'SALE', 'BUYER']);
    expect(rows.map((row) => row.split(/ +/).at(-1))).toEqual(BUYERS.toReversed());

    const csv = await order('list', '--format', 'csv', '--oldest', '--state', 'reserved');
    expect(csv.out.split('\r\n').map((row) => row.split(',')[0])).toEqual(['id', ...ids, '']);

    const ndjson = await order('list', '--user', 'bernd', '--format', 'ndjson');
    expect(JSON.parse(ndjson.out)).toMatchObject({ id: ids[1], userId: 'bernd', state: 'reserved' });
    expect((await order('list', '--text', 'CARL', '--format', 'ndjson')).out).toContain(ids[2]);
  });

  test('shows one, in either case of its id', async () => {
    const shown = await order('show', ids[0]?.toLowerCase() ?? '');
    expect([shown.code, shown.error]).toEqual([0, '']);
    expect(shown.out).toMatch(/^buyer {5}anna$/m);
    expect(shown.out).toMatch(/^state {5}reserved$/m);
    expect(JSON.parse((await order('show', ids[0] ?? '', '--json')).out)).toMatchObject({ id: ids[0], userId: 'anna' });
  });

  test.each([
    [['show', '0ABCDEFGHJKMNP'], 'there is no stored order 0ABCDEFGHJKMNP'],
    [['show'], 'the order is missing'],
    [['list', '--format', 'xml'], '--format must be table, csv or ndjson'],
    [['list', '--state', 'lost'], '--state must be equal to one of the allowed values'],
    [['list', '--ticket', '0'], '--ticket must be >= 1'],
    [['list', '--from', 'yesterday'], '--from must match format "date-time"'],
    [['list', 'sale-1'], 'the arguments are wrong'],
    [['refund-all'], 'the arguments are wrong'],
  ])('refuses %j in one line', async (args, message) => {
    const { code, out, error } = await order(...args);
    expect([code, out]).toEqual([1, '']);
    expect(error).toContain(message);
    expect(error.trimEnd().split('\n')).toHaveLength(1);
  });

  test('refunds a paid order, in parts, once for a key, and returns its tickets', async () => {
    const [id = '', other = ''] = ids;
    await fetch(`http://127.0.0.1:${server.port}/v1/orders/${id}/pay`, {
      method: 'POST',
      headers: { authorization: `Bearer ${workspace.tokenOf('anna')}` },
    });
    const part = ['refund', id.toLowerCase(), '--reason', 'restricted view', '--amount', '1', '--key', 'k', '--json'];
    const first = JSON.parse((await order(...part)).out);
    expect(first).toMatchObject({ orderId: id, amount: { amount: 1 }, by: 'floodgate order', returnTickets: false });
    expect(JSON.parse((await order(...part)).out).id).toBe(first.id);
    const rest = await order('refund', id, '--reason', 'called off', '--return-tickets');
    expect([rest.code, rest.error]).toEqual([0, '']);
    expect(rest.out).toMatch(/^tickets {3}back on sale$/m);
    expect((await order('show', id)).out).toMatch(/^state {5}cancelled$/m);
    for (const [args, message] of [
      [['refund', id, '--reason', 'x'], `order ${id} is cancelled`],
      [['refund', other, '--reason', 'x'], `order ${other} is reserved`],
      [['refund', id, '--reason', ' '], '--reason must be 1 to 250 characters'],
      [['refund', id, '--reason', 'x', '--amount', '0.5'], '--amount must be a whole number'],
      [['refund', '0ABCDEFGHJKMNP', '--reason', 'x'], 'there is no stored order 0ABCDEFGHJKMNP'],
      [['refund', '--reason', 'x'], 'the order is missing'],
    ] as const) {
      const { code, error } = await order(...args);
      expect([code, error.includes(message), error]).toEqual([1, true, error]);
      expect(error.trimEnd().split('\n')).toHaveLength(1);
    }
  });

  test('answers the same orders by the API, as JSON and as CSV', async () => {
    const admin = { authorization: `Bearer ${workspace.tokenOf('boss', 'admin')}` };
    const url = `http://127.0.0.1:${server.port}/v1/admin/orders?saleId=sale-1`;
    const page = (await (await fetch(url, { headers: admin })).json()) as { readonly items: readonly object[] };
    expect(page.items.map((item) => (item as { readonly id: string }).id)).toEqual(ids.toReversed());
    const csv = await fetch(url, { headers: { ...admin, accept: 'text/csv' } });
    expect(csv.headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present');
    expect(await csv.text()).toBe((await order('list', '--sale', 'sale-1', '--format', 'csv')).out);
  });
});
