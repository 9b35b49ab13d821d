import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startFloodgate } from '../support/floodgate-process.ts';
import { createClient, inParallel } from '../support/http-client.ts';
import { untilSettled } from '../support/settled.ts';
import { createWorkspace, type Workspace } from '../support/workspace.ts';

const BUYERS = 8;

let workspace: Workspace;

beforeEach(async () => {
  workspace = await createWorkspace();
});

afterEach(() => workspace.remove());

test('a WAL that is removed while it sells: 503 at once, readiness says why, and every 201 is there after a restart', async () => {
  await workspace.publish({ id: 'cut', total: 100_000, perBuyerLimit: 100_000 });
  const server = await startFloodgate(workspace.env);
  const client = createClient(server.port, BUYERS);
  const token = workspace.tokenOf('buyer');
  const admin = workspace.tokenOf('boss', 'admin');
  const bought: string[] = [];
  await inParallel(BUYERS, BUYERS, async () => {
    for (;;) {
      const answer = await client.purchase({ saleId: 'cut', token });
      if (answer.status !== 201) return expect(answer.status).toBe(503);
      bought.push((JSON.parse(answer.body) as { id: string }).id);
      if (bought.length === 100) rmSync(join(workspace.dataDir, 'floodgate.db-wal'));
    }
  });
  const ready = await client.get('/readyz');
  expect(ready.status).toBe(503);
  expect(JSON.parse(ready.body)).toMatchObject({
    dependencies: { files: { state: 'down', detail: expect.stringContaining('floodgate.db-wal was removed') } },
  });
  expect((await client.get('/healthz')).status).toBe(200);
  expect((await client.get('/v1/admin/settings/history', admin)).status).toBe(503);
  expect(server.lines.filter((line) => line.includes('is not the one that was opened'))).toHaveLength(1);
  client.close();
  await server.kill('SIGTERM');

  const next = await startFloodgate(workspace.env);
  const reader = createClient(next.port, 1);
  await untilSettled(reader);
  reader.close();
  await next.kill('SIGTERM');
  const stored = new Set((await workspace.inspect('cut')).orders.map(({ id }) => id));
  expect(bought.filter((id) => !stored.has(id))).toEqual([]);
});
