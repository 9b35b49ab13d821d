import type { Socket } from 'node:net';
import type { Exchange } from '../http/exchange.ts';

/** What is known of a TCP connection from one request to the next. */
export interface Connection {
  readonly socket: Socket;
  /** It ends behind the answer that was given last: whatever else arrives is nothing. */
  closing: boolean;
  latest: Exchange | undefined;
}

export type ConnectionOf = (socket: Socket) => Connection;

/** Makes the memory of connections; it forgets them by itself. */
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
