import type { Socket } from 'node:net';
import type { Exchange } from '../http/exchange.ts';

/** The state of a TCP connection between its requests. */
export interface Connection {
  readonly socket: Socket;
  /** It is closed after the answer that was given last; anything else that arrives is ignored. */
  closing: boolean;
  latest: Exchange | undefined;
}

export type ConnectionOf = (socket: Socket) => Connection;

/** Makes the look-up of a socket's connection. Connections are freed with their sockets. */
export function createConnections(): ConnectionOf {
  const connections = new WeakMap<Socket, Connection>();
  return (socket) => {
    const known = connections.get(socket);
    if (known !== undefined) return known;
    const connection = { socket, closing: false, latest: undefined };
    connections.set(socket, connection);
    return connection;
  };
}
