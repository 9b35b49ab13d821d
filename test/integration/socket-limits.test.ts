import { expect, test } from 'vitest';
import { startFloodgate } from '../support/floodgate-process.ts';
import { createClient } from '../support/http-client.ts';
import { LiveClient } from '../support/live-client.ts';
import { createWorkspace } from '../support/workspace.ts';

test.each(['uws', 'node'])('the front %s opens as many sockets as the settings say', async (name) => {
  const workspace = await createWorkspace({
    FRONT: name,
    MAX_SOCKETS: '3',
    MAX_SOCKETS_PER_ADDRESS: '2',
    TRUSTED_PROXIES: '1',
  });
  const front = await startFloodgate(workspace.env);
  const client = createClient(front.port, 1);
  const open: LiveClient[] = [];
  const connect = async (from: string) => {
    const socket = await LiveClient.open(front.port, '/v1/live', { headers: { 'x-forwarded-for': from } });
    open.push(socket);
  };
  try {
    for (const from of ['1.1.1.1', '1.1.1.1']) await connect(from);
    await expect(connect('1.1.1.1')).rejects.toThrow('429');
    await connect('2.2.2.2');
    await expect(connect('3.3.3.3')).rejects.toThrow('503');
    const { body } = await client.get('/metrics');
    for (const line of [
      'live_refused_total{by="address"} 1',
      'live_refused_total{by="process"} 1',
      'live_connections 3',
    ])
      expect(body).toContain(`floodgate_${line}`);
  } finally {
    for (const { socket } of open) socket.terminate();
    client.close();
    await front.kill('SIGTERM');
    await workspace.remove();
  }
});
