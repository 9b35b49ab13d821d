import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { listeningInodes, pidListeningOn } from './listeners.ts';

const TABLE = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 111 1 0 100 0 0 10 0
   1: 0100007F:1F90 0100007F:C001 01 00000000:00000000 00:00000000 00000000     0        0 222 1 0 20 4 30 10 -1
   2: 0100007F:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 333 1 0 100 0 0 10 0
`;

describe('listeningInodes', () => {
  it('finds the listening socket of the port, not its connections', () => {
    expect(listeningInodes(TABLE, 8080)).toEqual(['111']);
    expect(listeningInodes(TABLE, 80)).toEqual(['333']);
    expect(listeningInodes(TABLE, 1)).toEqual([]);
  });
});

describe.skipIf(process.platform !== 'linux')('pidListeningOn', () => {
  it('finds the process, until it has closed the port', async () => {
    const server = createServer();
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    expect(await pidListeningOn(port)).toBe(process.pid);
    server.close();
    await once(server, 'close');
    expect(await pidListeningOn(port)).toBeUndefined();
  });
});
