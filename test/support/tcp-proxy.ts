import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { connect, createServer } from 'node:net';
import { createFlow, type Flow, type NetworkConditions } from './tcp-flow.ts';

export interface TcpProxy {
  readonly port: number;
  /** From now on, for open and for new connections; `{}` is a perfect network. */
  readonly setConditions: (conditions: NetworkConditions) => void;
  /** Nothing passes until `thaw`, as with a cable unplugged; nothing is lost. */
  readonly freeze: () => void;
  readonly thaw: () => void;
  /** The next bytes that the server sends break their connection instead of arriving. */
  readonly cutNextReply: () => void;
  /** Discards what the server sends on the open connections, their end included; new ones work. */
  readonly blackhole: () => void;
  /** Breaks the open connections; new ones work. */
  readonly cut: () => void;
  /** Stops listening and breaks the open connections, as when a process has ended. */
  readonly refuse: () => void;
  /** Listens again. */
  readonly accept: () => Promise<void>;
  readonly close: () => void;
}

interface ProxiedConnection {
  readonly sockets: readonly [Socket, Socket];
  readonly flows: readonly [Flow, Flow];
  blackholed: boolean;
}

/**
 * A proxy on the loopback address that disturbs connections as a network may do.
 *
 * @param port the port that it listens on; 0: any free port
 */
export async function tcpProxy(targetPort: number, port = 0): Promise<TcpProxy> {
  const connections = new Set<ProxiedConnection>();
  let cutNext = false;
  let conditions: NetworkConditions = {};
  let frozen = false;

  // Half open: a blackholed connection does not answer a FIN either.
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    const target = connect({ port: targetPort, host: '127.0.0.1', noDelay: true });
    const flows = [createFlow(client, target), createFlow(target, client)] as const;
    const connection: ProxiedConnection = { sockets: [client, target], flows, blackholed: false };
    connections.add(connection);
    for (const flow of flows) {
      flow.setConditions(conditions);
      if (frozen) flow.freeze();
    }
    const end = () => {
      connections.delete(connection);
      for (const flow of flows) flow.drop();
      for (const socket of connection.sockets) socket.destroy();
    };
    for (const socket of connection.sockets) socket.on('error', end).on('close', end);
    client.on('data', (bytes) => flows[0].send(bytes));
    client.on('end', () => connection.blackholed || frozen || end());
    target.on('data', (bytes) => {
      if (cutNext) {
        cutNext = false;
        end();
      } else if (!connection.blackholed) {
        flows[1].send(bytes);
      }
    });
  });
  const listen = async (on: number) => {
    server.listen(on, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  };
  const ownPort = await listen(port);

  const flows = () => [...connections].flatMap((connection) => connection.flows);
  const cut = () => {
    for (const { sockets } of connections) for (const socket of sockets) socket.destroy();
  };
  const close = () => {
    server.close();
    cut();
  };
  return {
    port: ownPort,
    setConditions: (next) => {
      conditions = next;
      for (const flow of flows()) flow.setConditions(next);
    },
    freeze: () => {
      frozen = true;
      for (const flow of flows()) flow.freeze();
    },
    thaw: () => {
      frozen = false;
      for (const flow of flows()) flow.thaw();
    },
    cutNextReply: () => {
      cutNext = true;
    },
    blackhole: () => {
      for (const connection of connections) connection.blackholed = true;
    },
    cut,
    refuse: close,
    accept: async () => {
      if (!server.listening) await listen(ownPort);
    },
    close,
  };
}
