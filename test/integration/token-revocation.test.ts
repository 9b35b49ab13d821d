import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FloodgateProcess, MAIN, startFloodgate } from '../support/floodgate-process.ts';
import { createClient } from '../support/http-client.ts';
import { LiveTalk } from '../support/live-talk.ts';
import { createWorkspace, type Workspace } from '../support/workspace.ts';

let workspace: Workspace;
let server: FloodgateProcess;

beforeEach(async () => {
  workspace = await createWorkspace();
});

afterEach(async () => {
  await server.kill('SIGKILL');
  await workspace.remove();
});

describe.each(['uws', 'node'])('the revocation of a user’s tokens, on %s', (front) => {
  const start = async () => {
    server = await startFloodgate({ ...workspace.env, FRONT: front });
    return createClient(server.port, 1);
  };

  it('is in force at once, closes live sockets, spares others, and outlives a restart', async () => {
    const [stolen, other, boss] = [
      workspace.tokenOf('u1'),
      workspace.tokenOf('u2'),
      workspace.tokenOf('boss', 'admin'),
    ];
    const before = await start();
    expect((await before.get('/v1/orders', stolen)).status).toBe(200);
    const socket = await LiveTalk.open(server.port, stolen);
    const spared = await LiveTalk.open(server.port, other);

    const revoked = await before.call('POST', '/v1/admin/tokens/revocations', boss, { userId: 'u1' });
    expect(revoked.status, revoked.body).toBe(200);
    expect((await socket.client.closed).code).toBe(1008);
    const refused = await before.get('/v1/orders', stolen);
    expect([refused.status, JSON.parse(refused.body).detail]).toEqual([401, 'The token was revoked: sign in again.']);
    expect((await before.get('/v1/orders', other)).status).toBe(200);
    expect((await spared.ask({ type: 'ping' })).type).toBe('pong');
    spared.client.socket.terminate();
    before.close();

    expect(await server.kill('SIGTERM')).toBe(0);
    const after = await start();
    expect((await after.get('/v1/orders', stolen)).status).toBe(401);
    expect((await after.get('/v1/orders', other)).status).toBe(200);
    after.close();
  });

  it('by the command line is in force in a running server', async () => {
    const client = await start();
    const token = workspace.tokenOf('u1');
    const socket = await LiveTalk.open(server.port, token);
    const revoke = (...args: readonly string[]) =>
      promisify(execFile)(process.execPath, [MAIN, 'token', 'revoke', ...args], { env: workspace.env });
    const { stdout } = await revoke('--user', 'u1');
    expect(stdout).toMatch(/^Tokens of u1 that were issued before \S+Z are revoked\.\n$/);
    expect((await socket.client.closed).code).toBe(1008);
    expect((await client.get('/v1/orders', token)).status).toBe(401);
    client.close();

    for (const [args, message] of [
      [['--user', 'u1', '--before', 'yesterday'], '--before must be a time'],
      [['--user', 'u1', '--before', '2999-01-01T00:00:00Z'], '--before must not be in the future'],
      [['--before', '2026-01-01T00:00:00Z'], 'the user is missing'],
    ] as const) {
      await expect(revoke(...args)).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining(message) });
    }
  });
});
