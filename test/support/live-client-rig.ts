import { afterEach, beforeEach } from 'vitest';
import { WebSocket } from 'ws';
import { createLiveClient, type LiveClient, type LiveClientOptions } from '../../src/client/index.ts';
import { type ScriptedConnection, ScriptedLiveServer } from './scripted-live-server.ts';

/** The server of these tests lives in another time than the machine. */
export const AHEAD_MS = 600_000;

export const SOLD_OUT = { status: 409, code: 'sold_out', title: 'Sold out', detail: '' };

const QUICK = { baseMs: 1, capMs: 1 };

/** A server that the test plays, for each test a new one, and clients of it. */
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

/** Frames are handled in order: when this is answered, so is everything sent before it. */
export async function settled(client: LiveClient, connection: ScriptedConnection): Promise<void> {
  const answer = client.purchase('the-last-word');
  const { id } = await connection.next('purchase');
  connection.send({ type: 'purchase', id, status: 409, body: SOLD_OUT });
  await answer;
}
