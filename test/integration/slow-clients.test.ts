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
  readonly sends: string;
  /** Sent again each second. */
  readonly drips?: string;
  /** Whether it then ends its half of the connection. */
  readonly ends?: boolean;
}

const SLOW_CLIENTS: Readonly<Record<string, SlowClient>> = {
  'sends nothing': { sends: '' },
  'sends nothing but empty lines': { sends: '', drips: '\r\n' },
  'drips a request line': { sends: 'GET /', drips: 'x' },
  'drips a header': { sends: `GET /healthz HTTP/1.1\r\n${H}X: `, drips: 'x' },
  'drips headers': { sends: `GET /healthz HTTP/1.1\r\n${H}`, drips: 'X: x\r\n' },
  'stops in its head': { sends: `GET /healthz HTTP/1.1\r\n${H}X` },
  'drips a body': { sends: BODY, drips: ' ' },
  'drips a body that was refused': { sends: BODY.replace('/v1/sales/demo/purchases', '/nowhere'), drips: ' ' },
  'never sends its body': { sends: BODY },
  'sends one request and stays': { sends: `GET /healthz HTTP/1.1\r\n${H}\r\n` },
  'begins a second request and stays': { sends: `GET /healthz HTTP/1.1\r\n${H}\r\nGET /heal` },
  'ends its half at once': { sends: '', ends: true },
  'ends its half in its head': { sends: 'GET /heal', ends: true },
  'ends its half in its body': { sends: `${BODY}{`, ends: true },
  'ends its half after its request': { sends: `GET /healthz HTTP/1.1\r\n${H}\r\n`, ends: true },
};

/** No connection may last longer than 12 s; the rest is for a busy test machine. */
const TIMEOUT_MS = 20_000;
const OF_EACH = 10;

describe.each(['uws', 'node'])('with FRONT=%s, a client that', (FRONT) => {
  let workspace: Workspace;
  let server: FloodgateProcess;

  beforeAll(async () => {
    workspace = await createWorkspace();
    await workspace.publish({ id: 'demo' });
    // Between requests a connection may stay open for longer; the limits within a request do not depend on it.
    server = await startFloodgate({ ...workspace.env, FRONT, KEEP_ALIVE_MS: '10000' });
  });
  afterAll(async () => {
    await server.kill('SIGTERM');
    await workspace.remove();
  });

  it.concurrent.each(Object.entries(SLOW_CLIENTS))(
    '%s is disconnected',
    async (_does, slow) => {
      await Promise.all(Array.from({ length: OF_EACH }, () => untilDisconnected(server.port, slow)));
    },
    TIMEOUT_MS,
  );

  it.concurrent('is well-behaved buys while all the others are connected', async () => {
    const client = createClient(server.port, 1);
    const bought = await client.purchase({ saleId: 'demo', token: workspace.tokenOf('well-behaved') });
    client.close();
    expect(bought.status).toBe(201);
  });
});

async function untilDisconnected(port: number, { sends, drips, ends = false }: SlowClient): Promise<void> {
  const socket: Socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  socket.resume();
  // A reset counts as a disconnect.
  socket.on('error', () => {});
  const closed = once(socket, 'close');
  // The server's FIN counts; this client would keep its own half open.
  socket.on('end', () => socket.destroy());
  socket.write(sends);
  if (ends) socket.end();
  const dripping = drips === undefined ? undefined : setInterval(() => socket.write(drips), DRIP_EVERY_MS);
  try {
    await closed;
  } finally {
    clearInterval(dripping);
  }
}
