import { describe, expect } from 'vitest';
import { listenUws } from '../../src/adapters/uws/listen.ts';
import type { HttpFrontUnderTest } from '../contract/http-input/driver.ts';
import { httpInputContract } from '../contract/http-input/suite.ts';
import { startFloodgate } from '../support/floodgate-process.ts';
import { createClient } from '../support/http-client.ts';
import { untilSettled } from '../support/settled.ts';
import { openShop, SHOP_SECRET, saleNamed } from '../support/shop.ts';
import { createWorkspace } from '../support/workspace.ts';

/** The prebuilt binary for Node 20 misreads a request line that is split at some offsets, and answers 505. */
const TRAITS = { splitRequestLine: false, strictCharacters: false };

const NODE_TRAITS = { splitRequestLine: true, strictCharacters: true };

/** More than the whole suite buys. */
const TOTAL = 5000;

/** No input of a client may cause one of these log lines. */
const TROUBLE = /"level":"(?:warn|error|fatal)"/;

const SOLD =
  /^floodgate_http_requests_total\{method="POST",route="\/v1\/sales\/:saleId\/purchases",status="201"\} \d+$/m;

describe('HTTP input on uWebSockets.js', () => httpInputContract(openFront, TRAITS));

describe('HTTP input to the whole program', () => httpInputContract(() => startProgram('uws'), TRAITS));

describe('HTTP input to the whole program on node:http', () => {
  httpInputContract(() => startProgram('node'), NODE_TRAITS);
});

async function openFront(): Promise<HttpFrontUnderTest> {
  const { front, orders } = await openShop(listenUws, { sales: [saleNamed('demo')] });
  return {
    port: front.port,
    secret: SHOP_SECRET,
    saleId: 'demo',
    ordersOf: async (userId) => orders.filter((order) => order.userId === userId).length,
    stop: async () => front.close(),
  };
}

/** The built program, embedded. At the end it must have stored what it answered. */
async function startProgram(front: 'uws' | 'node'): Promise<HttpFrontUnderTest> {
  const workspace = await createWorkspace();
  await workspace.publish({ id: 'demo', total: TOTAL, perBuyerLimit: TOTAL });
  const server = await startFloodgate({ ...workspace.env, FRONT: front });
  const client = createClient(server.port, 1);
  return {
    port: server.port,
    secret: String(workspace.env.JWT_SECRET),
    saleId: 'demo',
    ordersOf: async (userId) => {
      await untilSettled(client);
      const { body } = await client.get('/v1/orders?limit=100', workspace.tokenOf(userId));
      return (JSON.parse(body) as { items: unknown[] }).items.length;
    },
    stop: async (bought) => {
      await untilSettled(client);
      const { body } = await client.get('/metrics');
      expect(body).toMatch(SOLD);
      client.close();
      expect(await server.kill('SIGTERM')).toBe(0);
      expect(server.lines.filter((line) => TROUBLE.test(line))).toEqual([]);

      const { orders, remaining } = await workspace.inspect('demo');
      const stored = new Set(orders.map(({ id }) => id));
      expect(bought).not.toHaveLength(0);
      expect(bought.filter((id) => !stored.has(id))).toEqual([]);
      expect(new Set(orders.flatMap(({ tickets }) => tickets)).size).toBe(orders.length);
      expect(orders.length + (remaining ?? 0)).toBe(TOTAL);
      await workspace.remove();
    },
  };
}
