import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FloodgateProcess, startFloodgate } from '../support/floodgate-process.ts';
import { createClient } from '../support/http-client.ts';
import { createWorkspace, type Workspace } from '../support/workspace.ts';

const H = 'Host: x\r\n';
const BODY = `POST /v1/sales/demo/purchases HTTP/1.1\r\n${H}Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n`;
const DRIP_EVERY_MS = 1000;

interface SlowClient {
  readonly says: string;
  /** Said again each second. */
  readonly drips?: string;
  /** Whether it ends its half of the connection then. */
  readonly ends?: boolean;
}

const SLOW_CLIENTS: Readonly<Record<string, SlowClient>> = {
  'says nothing': { says: '' },
  'says nothing but empty lines': { says: '', drips: '\r\n' },
  'drips a request line': { says: 'GET /', drips: 'x' },
  'drips a header': { says: `GET /healthz HTTP/1.1\r\n${H}X: `, drips: 'x' },
  'drips headers': { says: `GET /healthz HTTP/1.1\r\n${H}`, drips: 'X: x\r\n' },
  'stops in its head': { says: `GET /healthz HTTP/1.1\r\n${H}X` },
  'drips a body': { says: BODY, drips: ' ' },
  'drips a body that was refused': { says: BODY.replace('/v1/sales/demo/purchases', '/nowhere'), drips: ' ' },
  'never sends its body': { says: BODY },
  'asks once and stays': { says: `GET /healthz HTTP/1.1\r\n${H}\r\n` },
  'begins a second request and stays': { says: `GET /healthz HTTP/1.1\r\n${H}\r\nGET /heal` },
  'ends its half at once': { says: '', ends: true },
  'ends its half in its head': { says: 'GET /heal', ends: true },
  'ends its half in its body': { says: `${BODY}{`, ends: true },
  'ends its half behind its request': { says: `GET /healthz HTTP/1.1\r\n${H}\r\n`, ends: true },
};

/** No client may hold on for longer than 12 s; the rest is for a test machine that is busy. */
const TIMEOUT_MS = 20_000;
const OF_EACH = 10;

describe.each(['uws', 'node'])('with FRONT=%s, a client that', (FRONT) => {
  let workspace: Workspace;
  let server: FloodgateProcess;

  beforeAll(async () => {
    workspace = await createWorkspace();
    await workspace.publish({ id: 'demo' });
    server = await startFloodgate({ ...workspace.env, FRONT });
  });
  afterAll(async () => {
    await server.kill('SIGTERM');
    await workspace.remove();
  });

  it.concurrent.each(Object.entries(SLOW_CLIENTS))(
    '%s is let go',
    async (_does, slow) => {
      await Promise.all(Array.from({ length: OF_EACH }, () => untilLetGo(server.port, slow)));
    },
    TIMEOUT_MS,
  );

  it.concurrent('is honest buys while all the others hang', async () => {
    const client = createClient(server.port, 1);
    const bought = await client.purchase({ saleId: 'demo', token: workspace.tokenOf('honest') });
    client.close();
    expect(bought.status).toBe(201);
  });
});

async function untilLetGo(port: number, { says, drips, ends = false }: SlowClient): Promise<void> {
  const socket: Socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  socket.resume();
  // A reset lets go as well.
  socket.on('error', () => {});
  const closed = once(socket, 'close');
  // The server's end is what counts; this client would keep its own half open.
  socket.on('end', () => socket.destroy());
  socket.write(says);
  if (ends) socket.end();
  const dripping = drips === undefined ? undefined : setInterval(() => socket.write(drips), DRIP_EVERY_MS);
  try {
    await closed;
  } finally {
    clearInterval(dripping);
  }
}
