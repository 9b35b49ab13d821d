import { once } from 'node:events';
import { createServer } from 'node:net';

const REASONS: Readonly<Record<string, (host: string, port: number) => string>> = {
  EADDRINUSE: (_host, port) => `port ${port} is in use by another process`,
  EACCES: (_host, port) => `port ${port} may not be used by this user`,
  EADDRNOTAVAIL: (host) => `host ${host} is not an address of this machine`,
  ENOTFOUND: (host) => `host ${host} is not an address of this machine`,
};

/** Explains why a server can't listen; `code` is the system's error code. */
export function listenFailure(code: string | undefined, host: string, port: number): string {
  return REASONS[code ?? '']?.(host, port) ?? `port ${port} on ${host} could not be listened on (${code})`;
}

/** Finds the reason by another attempt to listen: uWebSockets.js reports only that it failed. */
export async function explainListenFailure(host: string, port: number): Promise<string> {
  const server = createServer();
  try {
    server.listen({ host, port, exclusive: true });
    await once(server, 'listening');
    return `port ${port} on ${host} could not be listened on`;
  } catch (error) {
    return listenFailure((error as NodeJS.ErrnoException).code, host, port);
  } finally {
    server.close();
  }
}
