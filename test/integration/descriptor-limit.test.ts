import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FloodgateProcess, startFloodgate } from '../support/floodgate-process.ts';
import { RawClient } from '../support/raw-http.ts';
import { type TempFolder, tempFolder } from '../support/temp-folder.ts';

const DESCRIPTORS = 256;
const READYZ = 'GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n';

let folder: TempFolder;
let server: FloodgateProcess;
let sockets: Socket[];

beforeEach(() => {
  folder = tempFolder();
  sockets = [];
});

afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await server.kill('SIGKILL');
  folder.remove();
});

/** More connections than there are descriptors; whether each is accepted is up to the server. */
function fill(port: number): void {
  for (let n = 0; n < DESCRIPTORS; n += 1) {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => {});
    sockets.push(socket);
  }
}

const stops = () => server.lines.filter((line) => line.includes('no more connections are accepted'));

describe.each(['uws', 'node'])('a front on %s without file descriptors', (front) => {
  it('says so once, serves who is connected, and accepts again', async () => {
    server = await startFloodgate({ DATA_DIR: folder.path, FRONT: front }, ['serve'], { descriptors: DESCRIPTORS });
    const connected = await RawClient.open(server.port);
    await connected.send(READYZ);
    expect((await connected.response())?.status).toBe(200);

    fill(server.port);
    await expect.poll(stops, { timeout: 10_000 }).toHaveLength(1);
    expect(JSON.parse(stops()[0] as string)).toMatchObject({ level: 'error', limit: DESCRIPTORS });
    await connected.send(READYZ);
    const { status, dependencies } = JSON.parse((await connected.response())?.body ?? '');
    expect(status).toBe('degraded');
    expect(dependencies.listener).toMatchObject({ state: 'down', detail: expect.stringContaining('descriptors') });
    await connected.send('GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n');
    expect((await connected.response())?.body).toContain('\nfloodgate_accepting_connections 0\n');
    await expect(RawClient.open(server.port)).rejects.toMatchObject({ code: 'ECONNREFUSED' });

    for (const socket of sockets) socket.destroy();
    await expect
      .poll(
        () =>
          RawClient.open(server.port).then(
            (client) => client.hangUp(),
            ({ code }) => code,
          ),
        { timeout: 10_000 },
      )
      .toBeUndefined();
    expect(server.lines.filter((line) => line.includes('connections are accepted again'))).toHaveLength(1);
    expect(stops()).toHaveLength(1);
    expect(await server.kill('SIGTERM')).toBe(0);
  });
});
