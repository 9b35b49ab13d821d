import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { connect, createServer } from 'node:net';

export interface TcpProxy {
  readonly port: number;
  /** The next bytes that the server answers cut the connection instead of arriving. */
  readonly cutNextReply: () => void;
  /** What the server answers on the connections that are open is swallowed, their end too; new ones work. */
  readonly blackhole: () => void;
  /** The connections that are open break; new ones work. */
  readonly cut: () => void;
  readonly close: () => void;
}

interface Line {
  readonly sockets: readonly [Socket, Socket];
  swallow: boolean;
}

/** A proxy on the loopback address that does to a connection what a network may do. */
export async function tcpProxy(targetPort: number): Promise<TcpProxy> {
  const lines = new Set<Line>();
  let cutNext = false;

  // Half open: a line that is a black hole doesn't answer a goodbye either.
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const target = connect({ port: targetPort, host: '127.0.0.1' });
    const line: Line = { sockets: [client, target], swallow: false };
    lines.add(line);
    const end = () => {
      lines.delete(line);
      for (const socket of line.sockets) socket.destroy();
    };
    for (const socket of line.sockets) socket.on('error', end).on('close', end);
    client.pipe(target, { end: false });
    client.on('end', () => line.swallow || end());
    target.on('data', (bytes) => {
      if (cutNext) {
        cutNext = false;
        end();
      } else if (!line.swallow) {
        client.write(bytes);
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  return {
    port: (server.address() as AddressInfo).port,
    cutNextReply: () => {
      cutNext = true;
    },
    blackhole: () => {
      for (const line of lines) line.swallow = true;
    },
    cut: () => {
      for (const { sockets } of lines) for (const socket of sockets) socket.destroy();
    },
    close: () => {
      server.close();
      for (const { sockets } of lines) for (const socket of sockets) socket.destroy();
    },
  };
}
