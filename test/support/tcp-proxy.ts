import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { connect, createServer } from 'node:net';
import { createFlow, type Flow, type Weather } from './tcp-flow.ts';

export type { Weather } from './tcp-flow.ts';

export interface TcpProxy {
  readonly port: number;
  /** From now on, for the connections that are open and for new ones; `{}` is fair weather. */
  readonly weather: (weather: Weather) => void;
  /** Nothing passes any more, and nothing is lost: all of it arrives after `thaw`, as after a cable was pulled. */
  readonly freeze: () => void;
  readonly thaw: () => void;
  /** The next bytes that the server answers cut the connection instead of arriving. */
  readonly cutNextReply: () => void;
  /** What the server answers on the connections that are open is swallowed, their end too; new ones work. */
  readonly blackhole: () => void;
  /** The connections that are open break; new ones work. */
  readonly cut: () => void;
  /** Nobody listens any more, and the connections that are open break, as when a process has ended. */
  readonly refuse: () => void;
  /** Listens again. */
  readonly accept: () => Promise<void>;
  readonly close: () => void;
}

interface Line {
  readonly sockets: readonly [Socket, Socket];
  readonly flows: readonly [Flow, Flow];
  swallow: boolean;
}

/**
 * A proxy on the loopback address that does to a connection what a network may do.
 *
 * @param port where it listens; 0 lets the system choose
 */
export async function tcpProxy(targetPort: number, port = 0): Promise<TcpProxy> {
  const lines = new Set<Line>();
  let cutNext = false;
  let weather: Weather = {};
  let frozen = false;

  // Half open: a line that is a black hole doesn't answer a goodbye either.
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    const target = connect({ port: targetPort, host: '127.0.0.1', noDelay: true });
    const flows = [createFlow(client, target), createFlow(target, client)] as const;
    const line: Line = { sockets: [client, target], flows, swallow: false };
    lines.add(line);
    for (const flow of flows) {
      flow.weather(weather);
      if (frozen) flow.freeze();
    }
    const end = () => {
      lines.delete(line);
      for (const flow of flows) flow.drop();
      for (const socket of line.sockets) socket.destroy();
    };
    for (const socket of line.sockets) socket.on('error', end).on('close', end);
    client.on('data', (bytes) => flows[0].send(bytes));
    client.on('end', () => line.swallow || frozen || end());
    target.on('data', (bytes) => {
      if (cutNext) {
        cutNext = false;
        end();
      } else if (!line.swallow) {
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

  const flows = () => [...lines].flatMap((line) => line.flows);
  const cut = () => {
    for (const { sockets } of lines) for (const socket of sockets) socket.destroy();
  };
  const close = () => {
    server.close();
    cut();
  };
  return {
    port: ownPort,
    weather: (next) => {
      weather = next;
      for (const flow of flows()) flow.weather(next);
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
      for (const line of lines) line.swallow = true;
    },
    cut,
    refuse: close,
    accept: async () => {
      if (!server.listening) await listen(ownPort);
    },
    close,
  };
}
