import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { ListenOptions } from 'node:net';
import { Fault } from '../../domain/errors.ts';
import { listenFailure } from '../http/listen-failure.ts';
import { upgradable } from './upgradable.ts';

/** Far more than a token, a key and what a browser adds. */
const MAX_HEAD_BYTES = 16 * 1024;
/** A head fits into two packets; the rest is for lost ones. */
const HEAD_WITHIN_MS = 10_000;
/** How often slow requests are looked for; as much later they are cut. */
const LOOK_EVERY_MS = 1_000;
/** A connection is kept for the next request so long, as uWebSockets keeps it. */
const KEEP_ALIVE_MS = 10_000;
/** A connection on which nothing moves is dead, or belongs to a client that doesn't read: longer than any time limit. */
const STALLED_AFTER_MS = 11_500;
/** Versions of Node that can let processes share a port: from this minor on, by major. Every later major can. */
const REUSE_PORT_SINCE: Readonly<Record<number, number>> = { 22: 12, 23: 1 };

export interface ServerLimits {
  readonly bodyWithinMs: number;
  readonly answerWithinMs: number;
}

/** A server that reads strictly and waits for nobody, and answers nothing by itself but what its parser can't read. */
export function createStrictServer(limits: ServerLimits, isUpgrade: (req: IncomingMessage) => boolean): Server {
  const server = createServer({
    IncomingMessage: upgradable(isUpgrade),
    // Also where NODE_OPTIONS asks for the lenient one.
    insecureHTTPParser: false,
    // It's asked for by the rules that the fronts share.
    requireHostHeader: false,
    maxHeaderSize: MAX_HEAD_BYTES,
    headersTimeout: HEAD_WITHIN_MS,
    requestTimeout: Math.max(HEAD_WITHIN_MS, limits.bodyWithinMs),
    connectionsCheckingInterval: LOOK_EVERY_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
  });
  // Headers beyond a limit would be dropped silently, and with them a second Content-Length; bytes are limited above.
  server.maxHeadersCount = 0;
  server.timeout = Math.max(STALLED_AFTER_MS, limits.answerWithinMs + STALLED_AFTER_MS - HEAD_WITHIN_MS);
  return server;
}

/** Listens; errors: Fault `config` with the reason in words. Returns the port. */
export async function listenOn(
  server: Server,
  { host, port, shared }: { readonly host: string; readonly port: number; readonly shared: boolean },
): Promise<number> {
  if (shared && !canSharePort(process.versions.node)) {
    throw new Fault('config', 'a shared port needs uWebSockets.js, or Node 22.12 or newer');
  }
  // Unknown to the types of Node 20.
  const options = { host, port, exclusive: true, ...(shared ? { reusePort: true } : {}) };
  await new Promise<void>((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException): void => {
      reject(new Fault('config', listenFailure(error.code, host, port), { cause: error }));
    };
    server.once('error', failed);
    server.listen(options satisfies ListenOptions, () => {
      server.off('error', failed);
      resolve();
    });
  });
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : port;
}

export function canSharePort(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const since = REUSE_PORT_SINCE[major];
  return since === undefined ? major > 23 : minor >= since;
}
