import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startFloodgate } from '../support/floodgate-process.ts';
import { freePort } from '../support/free-port.ts';
import { createClient } from '../support/http-client.ts';
import { createWorkspace, type Workspace } from '../support/workspace.ts';

/** Naming the variable makes `npm test` compile the Kafka client; no server runs in this test. */
const hasKafkaClient = Boolean(process.env.TEST_KAFKA_BROKERS);

if (!hasKafkaClient) console.warn('SKIPPED: starting without servers needs the Kafka client: set TEST_KAFKA_BROKERS');

let workspace: Workspace;

beforeEach(async () => {
  workspace = await createWorkspace();
});

afterEach(() => workspace.remove());

describe.skipIf(!hasKafkaClient)('servers that can’t be reached at the start', () => {
  test('do not keep a process without a front from serving its metrics', async () => {
    const [address, port] = [`127.0.0.1:${await freePort()}`, await freePort()];
    const token = 'a-token-of-a-scraper';
    const process = await startFloodgate({
      ...workspace.env,
      ROLES: 'worker,scheduler',
      REDIS_URL: `redis://${address}`,
      KAFKA_BROKERS: address,
      MYSQL_URL: `mysql://user:pw@${address}/floodgate`,
      MONGODB_URL: `mongodb://${address}/floodgate`,
      METRICS_PORT: String(port),
      METRICS_TOKEN: token,
      SHUTDOWN_GRACE_MS: '1000',
    });
    const client = createClient(port, 1);
    try {
      expect((await client.get('/metrics')).status).toBe(401);
      expect((await client.get('/metrics', token)).body).toContain('floodgate_scheduler_leading');
      expect((await client.get('/readyz')).status).toBe(404);
    } finally {
      client.close();
    }
    expect(await process.kill('SIGTERM')).toBe(0);
  });

  test('are logged, retried and reported by readyz, while the process runs and answers purchases 503', async () => {
    const address = `127.0.0.1:${await freePort()}`;
    const process = await startFloodgate({
      ...workspace.env,
      REDIS_URL: `redis://:secret-of-redis@${address}`,
      KAFKA_BROKERS: address,
      MYSQL_URL: `mysql://user:secret-of-mysql@${address}/floodgate`,
      MONGODB_URL: `mongodb://${address}/floodgate`,
      SHUTDOWN_GRACE_MS: '1000',
    });
    const client = createClient(process.port, 1);
    try {
      const ready = await client.get('/readyz');
      expect(ready.status).toBe(503);
      const { dependencies } = JSON.parse(ready.body) as { dependencies: Record<string, { state: string }> };
      expect(Object.entries(dependencies).map(([name, { state }]) => [name, state])).toEqual([
        ['queue', 'down'],
        ['log', 'down'],
        ['store', 'down'],
        ['live', 'down'],
        ['node', 'down'],
        // Reported after it has been missing for a while.
        ['scheduler', 'up'],
      ]);
      expect((await client.get('/healthz')).status).toBe(200);
      const refused = await client.purchase({ saleId: 'any', token: workspace.tokenOf('u1') });
      expect(refused).toMatchObject({ status: 503, headers: { 'retry-after': expect.stringMatching(/^[1-9]/) } });
      expect(JSON.parse(refused.body)).toMatchObject({ code: 'unavailable' });

      const warnings = process.lines.filter((line) => line.includes('"level":"warn"'));
      for (const server of ['Redis', 'Kafka']) {
        expect(warnings.some((line) => line.includes(server) && line.includes(address))).toBe(true);
      }
      expect(warnings.some((line) => line.includes(`ECONNREFUSED ${address}`))).toBe(true);
      expect(process.lines.join('\n')).not.toContain('secret-of-');
    } finally {
      client.close();
    }
    expect(await process.kill('SIGTERM')).toBe(0);
  });
});
