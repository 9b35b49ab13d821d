import type { TemplatedApp, us_listen_socket } from 'uWebSockets.js';
import { Fault } from '../../domain/errors.ts';
import { explainListenFailure } from '../http/listen-failure.ts';
import { uWS } from './binary.ts';

// Missing from the type declarations of uWebSockets.js.
declare module 'uWebSockets.js' {
  interface TemplatedApp {
    listen(host: string, port: number, options: number, done: (socket: us_listen_socket | false) => void): TemplatedApp;
  }
  const LIBUS_LISTEN_EXCLUSIVE_PORT: number;
}

const SHARED_PORT = 0;

export interface ListenAddress {
  readonly host: string;
  readonly port: number;
  readonly shared: boolean;
}

/**
 * Listens. Errors: Fault `config`, with the reason for the user.
 *
 * A port that the system has chosen is opened twice: uWebSockets.js sets SO_REUSEADDR only on a port that it is given, and
 * without it the port could not be opened again while connections of it are left.
 */
export async function openListenSocket(app: TemplatedApp, address: ListenAddress): Promise<us_listen_socket> {
  if (address.port !== 0) return listen(app, address);
  const chosen = await listen(app, address);
  const port = uWS.us_socket_local_port(chosen);
  uWS.us_listen_socket_close(chosen);
  // Another process may have taken it in between: the next one then.
  return listen(app, { ...address, port }).catch(() => listen(app, address));
}

async function listen(app: TemplatedApp, { host, port, shared }: ListenAddress): Promise<us_listen_socket> {
  const options = shared ? SHARED_PORT : uWS.LIBUS_LISTEN_EXCLUSIVE_PORT;
  const socket = await new Promise<us_listen_socket | false>((resolve) => {
    app.listen(host, port, options, resolve);
  });
  if (socket === false) throw new Fault('config', await explainListenFailure(host, port));
  return socket;
}
