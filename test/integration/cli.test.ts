import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, readdir, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { MAIN, startFloodgate } from '../support/floodgate-process.ts';
import { createClient } from '../support/http-client.ts';
import { RawClient } from '../support/raw-http.ts';
import { untilSettled } from '../support/settled.ts';
import { createWorkspace, type Workspace } from '../support/workspace.ts';

let workspace: Workspace;

beforeEach(async () => {
  workspace = await createWorkspace();
});

afterEach(() => workspace.remove());

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly error: string;
}

async function floodgate(args: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
  const child = spawn(process.execPath, [MAIN, ...args], {
    env: { ...workspace.env, PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let error = '';
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
  expect(error).not.toContain(' at ');
  expect(code).toBe(1);
}

describe('an error that the user can fix is one line and exit code 1', () => {
  test('a port in use', async () => {
    const server: Server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    try {
      expectOneLine(await floodgate(['serve'], { PORT: String(port) }), new RegExp(`port ${port}`));
    } finally {
      server.close();
    }
  });

  test('a data folder that can’t be created', async () => {
    const file = join(workspace.dataDir, 'a-file');
    await writeFile(file, '');
    expectOneLine(await floodgate(['serve'], { DATA_DIR: join(file, 'data') }), /DATA_DIR/);
  });

  test.skipIf(process.platform !== 'linux')('a data folder where none can be created', async () => {
    expectOneLine(await floodgate(['serve'], { DATA_DIR: '/proc/data' }), /DATA_DIR \/proc\/data/);
  });

  test.skipIf(process.getuid?.() === 0)('a data folder that is not writable', async () => {
    await chmod(workspace.dataDir, 0o500);
    expectOneLine(await floodgate(['serve']), /DATA_DIR .*: EACCES/);
    await chmod(workspace.dataDir, 0o700);
  });

  test('a data folder whose database file is not a database', async () => {
    await writeFile(
      join(workspace.dataDir, 'floodgate.db'),
      'this is a text, not a database, and long enough to be read',
    );
    expectOneLine(await floodgate(['serve']), /floodgate\.db/);
  });

  test('a setting that is out of range', async () => {
    expectOneLine(await floodgate(['serve'], { PORT: 'many' }), /PORT/);
  });

  test('fewer roles than all without the servers that they share', async () => {
    expectOneLine(await floodgate(['serve'], { ROLES: 'front' }), /REDIS_URL/);
  });

  test('a stored secret that is too short', async () => {
    await writeFile(join(workspace.dataDir, 'jwt-secret'), 'abc\n');
    expectOneLine(await floodgate(['serve'], { JWT_SECRET: '' }), /jwt-secret must have 32 characters or more/);
  });

  test('a token for a user whom the server would refuse', async () => {
    expectOneLine(await floodgate(['token', '--user', 'é']), /--user must be 1 to 128 printable ASCII characters/);
  });

  test.each([
    ['token', ['token', '--user', 'u1'], 1, 'jwt-secret'],
    ['audit', ['audit', 'a-sale'], 2, 'floodgate.db'],
    ['replay', ['replay'], 1, 'floodgate.db'],
    ['order', ['order', 'list'], 1, 'floodgate.db'],
    ['sale', ['sale', 'list'], 1, 'floodgate.db'],
    ['job', ['job', 'list'], 1, 'floodgate.db'],
    ['live', ['live', 'rebuild', 'a-sale'], 1, 'floodgate.db'],
    ['token revoke', ['token', 'revoke', '--user', 'u1'], 1, 'floodgate.db'],
  ])('%s with a DATA_DIR that is not the server’s: nothing is made there', async (_, args, code, file) => {
    const ended = await floodgate(args, { JWT_SECRET: '' });
    expect(ended).toMatchObject({ code, out: '' });
    expectOneLine({ ...ended, code: 1 }, new RegExp(`${workspace.dataDir} has no ${file}`));
    expect(await readdir(workspace.dataDir)).toEqual([]);
  });

  test('an unknown option', async () => {
    expectOneLine(await floodgate(['token', '--usr', 'u1']), /--usr/);
  });

  test('a token without a user, for an unknown role, or with an invalid lifetime', async () => {
    expectOneLine(await floodgate(['token']), /--user/);
    expectOneLine(await floodgate(['token', '--user', 'u1', '--role', 'king']), /--role/);
    expectOneLine(await floodgate(['token', '--user', 'u1', '--ttl', 'soon']), /--ttl/);
  });
});

test('an unknown command shows the help and ends with 1; help ends with 0', async () => {
  expect(await floodgate(['sell'])).toMatchObject({ code: 1, error: expect.stringContaining('Usage: floodgate') });
  expect(await floodgate(['--help'])).toMatchObject({ code: 0, out: expect.stringContaining('Usage: floodgate') });
  expect(await floodgate(['serve', '--help'])).toMatchObject({ code: 0, out: expect.stringContaining('DATA_DIR') });
});

test('sale lists sales, and steers them beside a running server', async () => {
  const server = await startFloodgate(workspace.env);
  const client = createClient(server.port, 4);
  try {
    const admin = workspace.tokenOf('boss', 'admin');
    const post = async (path: string, body?: object) => {
      const answer = await client.call('POST', path, admin, body);
      return JSON.parse(answer.body) as { readonly id: string };
    };
    const { id: productId } = await post('/v1/admin/products', { name: 'Mug' });
    const [opensAt, closesAt] = [Date.now() - 1000, Date.now() + 3_600_000].map((at) => new Date(at).toISOString());
    const price = { amount: 500, currency: 'EUR' };
    const { id } = await post('/v1/admin/sales', { productId, title: 'Mugs', price, total: 1, opensAt, closesAt });
    const json = async (...args: readonly string[]) => {
      const { code, out, error } = await floodgate(['sale', ...args, '--json']);
      expect([code, error]).toEqual([0, '']);
      return JSON.parse(out) as { readonly version: number };
    };
    const codeOf = async (buyer: string) => {
      const answer = await client.purchase({ saleId: id, token: workspace.tokenOf(buyer) });
      return answer.status === 201 ? 201 : (JSON.parse(answer.body) as { readonly code: string }).code;
    };
    expectOneLine(await floodgate(['sale', 'pause', id]), /it has not been published/);
    await post(`/v1/admin/sales/${id}/publish`);

    expect(await json('pause', id)).toMatchObject({ phase: 'paused' });
    expect(await codeOf('ann')).toBe('paused');
    const { version } = await json('resume', id);
    expect([await codeOf('ann'), await codeOf('bob')]).toEqual([201, 'sold_out']);
    const add = ['add-stock', id, '--quantity', '2', '--version', String(version)];
    expect(await json(...add)).toMatchObject({ total: 3, remaining: 2 });
    expectOneLine(await floodgate(['sale', ...add]), /it has changed since that version/);
    const later = new Date(Date.now() + 7_200_000).toISOString();
    expect(await json('extend', id, '--closes-at', later)).toMatchObject({ closesAt: later });
    expectOneLine(
      await floodgate(['sale', 'extend', id, '--closes-at', '2020-01-01T00:00:00Z']),
      /closesAt must be in the/,
    );
    expect(await json('show', id)).toMatchObject({ id, total: 3, phase: 'live' });
    expect(await json('close', id)).toMatchObject({ phase: 'closed' });
    expectOneLine(await floodgate(['sale', 'resume', id]), /it was closed/);
    expect(await floodgate(['sale', 'list'])).toMatchObject({
      code: 0,
      out: expect.stringContaining(`${id}  closed  2 of 3`),
    });
    for (const args of [['show', 'none'], ['show'], ['sell', id], ['list', id], ['add-stock', id, '--quantity', '0']])
      expectOneLine(await floodgate(['sale', ...args]), /no sale none|arguments are wrong|whole number/);
    const history = await client.get(`/v1/admin/sales/${id}/history`, admin);
    const { items } = JSON.parse(history.body) as { readonly items: readonly object[] };
    expect(items).toMatchObject([
      ...['closed', 'extended', 'stock_added', 'resumed', 'paused'].map((action) => ({ action, by: 'floodgate sale' })),
      { action: 'published', by: 'boss' },
    ]);
  } finally {
    client.close();
    await server.kill('SIGTERM');
  }
});

test('migrate brings a new database up to date, and does nothing the second time', async () => {
  expect(await floodgate(['migrate'])).toMatchObject({ code: 0, out: expect.stringContaining('applied') });
  expect(await floodgate(['migrate'])).toMatchObject({ code: 0, out: 'the database is up to date\n' });
});

test('a printed token buys, signed with the secret in the data folder', async () => {
  const { JWT_SECRET: _, ...env } = workspace.env;
  await workspace.publish({ id: 'printed' });
  const server = await startFloodgate(env);
  const printed = await floodgate(['token', '--user', 'u1', '--ttl', '5m'], { JWT_SECRET: '' });
  const client = createClient(server.port, 1);
  const bought = await client.purchase({ saleId: 'printed', token: printed.out.trim() });
  client.close();
  await server.kill('SIGTERM');
  expect(bought.status).toBe(201);
  expect(JSON.parse(bought.body)).toMatchObject({ userId: 'u1' });
});

describe('the second of two signals', () => {
  /** Longer than the time within which two signals count as one. */
  const LATER_MS = 700;

  test('is ignored when it follows at once, as npm forwards the terminal’s: the process ends as after one', async () => {
    const server = await startFloodgate(workspace.env);
    const ended = server.kill('SIGINT');
    void server.kill('SIGINT');
    expect(await ended).toBe(0);
    expect(server.lines.at(-1)).toContain('"stopped"');
  });

  test('ends a process at once that still waits for a request, when it follows later', async () => {
    const server = await startFloodgate(workspace.env);
    const slow = await RawClient.open(server.port);
    await slow.send('POST /v1/sales/x/purchases HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{');
    // Once a later request is answered, the first one has been read.
    const client = createClient(server.port, 1);
    await client.get('/healthz');
    client.close();
    void server.kill('SIGINT');
    await delay(LATER_MS);
    expect(await server.kill('SIGINT')).toBe(130);
    slow.hangUp();
  });
});

test('SIGTERM: requests in flight are answered, the process ends with 0, and every 201 is stored', async () => {
  await workspace.publish({ id: 'drain', total: 5000, perBuyerLimit: 5000 });
  const server = await startFloodgate(workspace.env);
  const client = createClient(server.port, 50);
  const token = workspace.tokenOf('buyer');
  const bought: string[] = [];
  let stopping: Promise<number | null> | undefined;
  const outcomes = new Set<string>();
  const buy = async () => {
    for (;;) {
      const answer = await client.purchase({ saleId: 'drain', token }).catch(() => undefined);
      if (answer === undefined) return;
      outcomes.add(answer.status === 201 ? '201' : (JSON.parse(answer.body) as { code: string }).code);
      if (answer.status !== 201) return;
      bought.push((JSON.parse(answer.body) as { id: string }).id);
      if (bought.length === 500) stopping = server.kill('SIGTERM');
    }
  };
  await Promise.all(Array.from({ length: 50 }, buy));
  client.close();
  expect(await stopping).toBe(0);
  for (const outcome of outcomes) expect(['201', 'draining']).toContain(outcome);

  const next = await startFloodgate(workspace.env);
  const reader = createClient(next.port, 1);
  await untilSettled(reader);
  reader.close();
  await next.kill('SIGTERM');
  const stored = new Set((await workspace.inspect('drain')).orders.map(({ id }) => id));
  expect(bought.filter((id) => !stored.has(id))).toEqual([]);
});
