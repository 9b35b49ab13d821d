import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sign } from '../../src/adapters/payment-sandbox/signature.ts';
import { type FloodgateProcess, startFloodgate } from '../support/floodgate-process.ts';
import { createWorkspace, type Workspace } from '../support/workspace.ts';

const WEBHOOK_SECRET = 'secret-of-webhooks, which the provider signs with';
/** Contains a password, and nothing listens there, so the sandbox logs its failures with this address. */
const WEBHOOK_URL = 'http://user:secret-of-provider@127.0.0.1:9/hook';
const PASSWORD = /secret-of-\w+/;

let workspace: Workspace;

beforeEach(async () => {
  workspace = await createWorkspace();
});

afterEach(() => workspace.remove());

describe('the log at level trace', () => {
  it('contains no token, secret or signature, wherever a client puts them', async () => {
    await workspace.publish({ id: 'demo' });
    const server = await startFloodgate({
      ...workspace.env,
      LOG_LEVEL: 'trace',
      PAYMENT_WEBHOOK_SECRET: WEBHOOK_SECRET,
      PAYMENT_WEBHOOK_URL: WEBHOOK_URL,
    });
    const tokens = [workspace.tokenOf('u1'), workspace.tokenOf('boss', 'admin')] as const;
    const [buyer, admin] = tokens;
    const forged = `${buyer.slice(0, -4)}AAAA`;
    const authorization = `Bearer ${buyer}`;

    const bought = await call(server, 'POST', '/v1/sales/demo/purchases', { authorization });
    expect(bought.status).toBe(201);
    const order = JSON.parse(bought.text) as { readonly id: string };
    expect((await call(server, 'GET', `/v1/orders/${order.id}`, { authorization: `Bearer ${forged}` })).status).toBe(
      401,
    );
    expect((await call(server, 'GET', `/v1/orders/${buyer}?token=${buyer}`, { authorization })).status).toBe(404);
    expect((await call(server, 'GET', `/v1/orders?token=${buyer}`, { authorization })).status).toBe(422);
    const named = { authorization: `Bearer ${admin}`, 'content-type': 'application/json', 'x-request-id': buyer };
    expect((await call(server, 'PATCH', '/v1/admin/settings', named, `{"token":"${buyer}"}`)).status).toBe(422);
    // The provider can't be reached, which is logged.
    expect((await call(server, 'POST', `/v1/orders/${order.id}/pay`, { authorization })).status).toBe(503);
    const event = '{"type":"unheard-of"}';
    const signature = sign(WEBHOOK_SECRET, Buffer.from(event), Math.floor(Date.now() / 1000));
    for (const sent of [signature, `${signature.slice(0, -4)}0000`]) {
      await call(server, 'POST', '/v1/webhooks/payments', { 'floodgate-signature': sent }, event);
    }

    expect(await server.kill('SIGTERM')).toBe(0);
    const log = server.lines.join('\n');
    // An empty log would prove nothing.
    expect(log).toContain('"level":"warn"');
    for (const token of [...tokens, forged]) {
      for (const part of token.split('.').slice(1)) expect(log).not.toContain(part);
    }
    expect(log).not.toContain(String(workspace.env.JWT_SECRET));
    expect(log).not.toContain(signature.split('v1=')[1]);
    expect(log).not.toMatch(PASSWORD);
  });
});

async function call(
  { port }: FloodgateProcess,
  method: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  body?: string,
): Promise<{ readonly status: number; readonly text: string }> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    method,
    headers,
    ...(body === undefined ? {} : { body }),
  });
  return { status: response.status, text: await response.text() };
}
