import { join } from 'node:path';
import Database from 'libsql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startFloodgate } from '../support/floodgate-process.ts';
import { type Client, createClient } from '../support/http-client.ts';
import { createWorkspace, type Workspace } from '../support/workspace.ts';

/** A week's, nearly. */
const SECONDS = 600_000;

/** A sale of the live state's that sold one ticket in each second. */
function fillTimeline(file: string, saleId: string): void {
  const database = new Database(file);
  database
    .prepare(
      `WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
       INSERT INTO live_second (sale, second, reserved) SELECT ?, 1893456000 + i, 1 FROM n`,
    )
    .run([SECONDS - 1, saleId]);
  database.prepare('INSERT INTO live_sale (sale, reserved, version) VALUES (?, ?, 1)').run([saleId, SECONDS]);
  database.close();
}

describe.each(['uws', 'node'])('a sale that sold in each second of a week, on the front %s', (front) => {
  let workspace: Workspace;
  let client: Client;
  let stop: () => Promise<unknown>;

  beforeAll(async () => {
    workspace = await createWorkspace({ FRONT: front });
    await workspace.publish({ id: 'sale-week' });
    await workspace.publish({ id: 'sale-short' });
    fillTimeline(join(workspace.dataDir, 'floodgate.db'), 'sale-week');
    const process = await startFloodgate(workspace.env);
    client = createClient(process.port, 8);
    stop = () => process.kill('SIGTERM');
  });
  afterAll(async () => {
    client?.close();
    await stop?.();
    await workspace?.remove();
  });

  const get = async (path: string) => {
    const { status, body } = await client.get(`/v1/admin/sales/${path}`, workspace.tokenOf('boss', 'admin'));
    return { status, body: JSON.parse(body) as Record<string, unknown> };
  };

  it('has a report of a bounded length', async () => {
    const { status, body } = await get('sale-week/report');
    expect(status).toBe(200);
    expect(body.timelineStepSeconds).toBe(300);
    const timeline = body.timeline as readonly { readonly second: string; readonly reserved: number }[];
    expect(timeline).toHaveLength(SECONDS / 300);
    expect(timeline[0]).toEqual({ second: '2030-01-01T00:00:00.000Z', reserved: 300 });
    expect(timeline.reduce((sum, { reserved }) => sum + reserved, 0)).toBe(SECONDS);
  });

  it('does not keep reports and audits of others from an answer', async () => {
    const paths = ['sale-week/report', 'sale-short/report', 'sale-short/audit', 'sale-week/report'];
    const answers = await Promise.all(paths.map(get));
    expect(answers.map(({ status }) => status)).toEqual(paths.map(() => 200));
    expect(answers[1]?.body).not.toHaveProperty('timelineStepSeconds');
    expect(answers[2]?.body.ok).toBe(true);
  });
});
