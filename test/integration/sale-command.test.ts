import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type FloodgateProcess, MAIN, startFloodgate } from '../support/floodgate-process.ts';
import { createClient } from '../support/http-client.ts';
import { untilSettled } from '../support/settled.ts';
import { createWorkspace, type Workspace } from '../support/workspace.ts';

let workspace: Workspace;
let server: FloodgateProcess;

beforeAll(async () => {
  workspace = await createWorkspace();
  server = await startFloodgate(workspace.env);
});

afterAll(async () => {
  await server?.kill('SIGTERM');
  await workspace?.remove();
});

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly error: string;
}

async function floodgate(args: readonly string[]): Promise<Ended> {
  const child = spawn(process.execPath, [MAIN, ...args], { env: workspace.env, stdio: ['ignore', 'pipe', 'pipe'] });
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

/** One line for the user, without a stack. */
function expectOneLine({ code, error }: Ended, text: RegExp): void {
  expect(error).toMatch(text);
  expect(error.trimEnd().split('\n')).toHaveLength(1);
  expect(code).toBe(1);
}

test('sale makes a sale of a new product, publishes it, and archives it once it is settled', async () => {
  const client = createClient(server.port, 4);
  try {
    const admin = workspace.tokenOf('boss', 'admin');
    const [opens, closes] = [Date.now() - 1000, Date.now() + 3_600_000].map((at) => new Date(at).toISOString());
    const made = (...more: readonly string[]) => {
      const when = ['--opens', opens, '--closes', closes, '--price', '500', '--currency', 'EUR', '--total', '2'];
      return floodgate(['sale', 'create', ...when, ...more, '--json'] as readonly string[]);
    };
    const { code, out } = await made('--id', 'drop-1', '--product-name', 'Mug', '--limit', '2', '--pay-within', '60');
    expect(code).toBe(0);
    const sale = JSON.parse(out) as { readonly productId: string };
    const settings = {
      title: 'Mug',
      total: 2,
      perBuyerLimit: 2,
      payWithinSeconds: 60,
      opensAt: opens,
      closesAt: closes,
    };
    expect(sale).toMatchObject({ id: 'drop-1', phase: 'draft', ...settings, price: { amount: 500, currency: 'EUR' } });
    const another = JSON.parse((await made('--product', sale.productId, '--title', 'Mugs')).out) as {
      readonly id: string;
    };
    expect(another.id).toMatch(/^sale_/);
    expectOneLine(
      await made('--id', 'drop-1', '--product', sale.productId, '--title', 'x'),
      /there is a sale drop-1 already/,
    );
    expectOneLine(await made('--title', 'x'), /one of --product and --product-name is required/);
    expectOneLine(await made('--product', 'none', '--title', 'x'), /productId names no product/);
    expectOneLine(await made('--product', sale.productId), /--title is required/);
    expectOneLine(await made('--product-name', 'Cup', '--currency', 'XXX'), /--currency must be/);
    expectOneLine(await made('--product-name', 'Cup', '--closes', 'soon'), /--closes must/);
    expectOneLine(await made('--product-name', 'Cup', '--limit', '3'), /perBuyerLimit must not be more than total/);
    expectOneLine(await made('--product-name', 'Cup', '--total', '0'), /--total must be a whole number/);
    const products = JSON.parse((await client.get('/v1/admin/products', admin)).body) as { readonly items: object[] };
    expect(products.items).toMatchObject([{ name: 'Mug' }]);

    expect(await floodgate(['sale', 'publish', 'drop-1'])).toMatchObject({
      code: 0,
      out: expect.stringContaining('live'),
    });
    const token = workspace.tokenOf('ann');
    const bought = await client.purchase({ saleId: 'drop-1', token, key: 'once' });
    expect(bought.status).toBe(201);
    const order = JSON.parse(bought.body) as { readonly id: string };
    expectOneLine(await floodgate(['sale', 'archive', 'drop-1']), /it has neither ended nor been closed/);
    await floodgate(['sale', 'close', 'drop-1']);
    await untilSettled(client);
    expectOneLine(await floodgate(['sale', 'archive', 'drop-1']), /it is not settled yet: 1 unpaid orders, 0 reserv/);
    await client.call('POST', `/v1/orders/${order.id}/cancel`, token);
    const archived = await floodgate(['sale', 'archive', 'drop-1']);
    expect(archived).toMatchObject({ code: 0, out: expect.stringContaining('drop-1  archived  0 of 2 left') });
    expectOneLine(await floodgate(['sale', 'resume', 'drop-1']), /it was archived/);

    const again = await client.purchase({ saleId: 'drop-1', token, key: 'once' });
    expect([again.status, JSON.parse(again.body)]).toMatchObject([409, { code: 'archived' }]);
    const shown = JSON.parse((await client.get('/v1/sales/drop-1')).body) as object;
    expect(shown).toMatchObject({ phase: 'archived' });
    const kept = await client.get(`/v1/orders/${order.id}`, token);
    expect(JSON.parse(kept.body)).toMatchObject({ state: 'cancelled' });
    const report = await client.get('/v1/admin/sales/drop-1/report', admin);
    const reported = JSON.parse(report.body) as object;
    expect(reported).toMatchObject({ remaining: 2, sold: 0, cancelled: 1, timeline: [{ reserved: 1 }] });
    const rebuilt = await client.call('POST', '/v1/admin/sales/drop-1/live/rebuild', admin);
    expect(JSON.parse(rebuilt.body)).toEqual({ saleId: 'drop-1', reserved: 1, changed: 0 });
    expect(await floodgate(['audit', 'drop-1'])).toMatchObject({
      code: 0,
      out: expect.stringMatching(/Sale drop-1 \(archived: .*\), epoch 1[\s\S]*No discrepancies/),
    });
    const exported = await floodgate(['order', 'list', '--sale', 'drop-1', '--format', 'csv']);
    expect(exported.out).toContain(order.id);
    const history = JSON.parse((await client.get('/v1/admin/sales/drop-1/history', admin)).body) as object;
    const by = 'floodgate sale';
    expect(history).toMatchObject({ items: ['archived', 'closed', 'published'].map((action) => ({ action, by })) });
  } finally {
    client.close();
  }
});
