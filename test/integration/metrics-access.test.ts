import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startFloodgate } from '../support/floodgate-process.ts';
import { freePort } from '../support/free-port.ts';
import { createWorkspace, type Workspace } from '../support/workspace.ts';

const TOKEN = 'a-scrapers-own-token';

let workspace: Workspace;

beforeAll(async () => {
  workspace = await createWorkspace();
});

afterAll(() => workspace.remove());

describe.each(['uws', 'node'])('metrics on the front %s', (front) => {
  it('are served on METRICS_PORT only, to whoever has METRICS_TOKEN', async () => {
    const port = await freePort();
    const env = { ...workspace.env, FRONT: front, METRICS_PORT: String(port), METRICS_TOKEN: TOKEN };
    const server = await startFloodgate(env);
    try {
      const get = (at: number, path: string, token?: string) =>
        fetch(
          `http://127.0.0.1:${at}${path}`,
          token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } },
        );
      expect((await get(server.port, '/metrics', TOKEN)).status).toBe(404);
      expect((await get(server.port, '/v1/time')).status).toBe(200);
      expect((await get(port, '/v1/time', TOKEN)).status).toBe(404);
      expect((await get(port, '/metrics')).status).toBe(401);
      expect((await get(port, '/metrics', `${TOKEN}x`)).status).toBe(401);
      const scraped = await get(port, '/metrics', TOKEN);
      expect(scraped.status).toBe(200);
      expect(await scraped.text()).toContain('floodgate_http_requests_total');
    } finally {
      expect(await server.kill('SIGTERM')).toBeDefined();
    }
  });
});
