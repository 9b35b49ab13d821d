import { afterEach, beforeEach } from 'vitest';
import { WebSocket } from 'ws';
import { createLiveClient, type LiveClient, type LiveClientOptions } from '../../src/client/index.ts';
import { type ScriptedConnection, ScriptedLiveServer } from './scripted-live-server.ts';

/** How far the server's clock is ahead of the machine's in these tests. */
export const AHEAD_MS = 600_000;

export const SOLD_OUT = { status: 409, code: 'sold_out', title: 'Sold out', detail: '' };

const QUICK = { baseMs: 1, capMs: 1 };

/** A new scripted server for each test, and clients of it. */
export function liveClientRig() {
  let server: ScriptedLiveServer;
  const clients: LiveClient[] = [];

  beforeEach(async () => {
    server = await ScriptedLiveServer.start(() => Date.now() + AHEAD_MS);
  });

  afterEach(async () => {
    for (const client of clients.splice(0)) client.close();
    await server.stop();
  });

  return {
    connect(options: Partial<LiveClientOptions> = {}): LiveClient {
      const client = createLiveClient({ url: server.url, WebSocket, backoff: QUICK, ...options });
      clients.push(client);
      return client;
    },
    connection: () => server.connection(),
  };
}

/** Resolves once all earlier frames were handled: they are handled in order, and this waits for one more answer. */
export async function settled(client: LiveClient, connection: ScriptedConnection): Promise<void> {
  const answer = client.purchase('the-last-word');
  const { id } = await connection.next('purchase');
  connection.send({ type: 'purchase', id, status: 409, body: SOLD_OUT });
  await answer;
}
