import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { ListenOptions } from 'node:net';
import { Fault } from '../../domain/errors.ts';
import { listenFailure } from '../http/listen-failure.ts';
import { createRequestClass } from './request.ts';

/** Far more than a token, a key and a browser's own headers need. */
const MAX_HEAD_BYTES = 16 * 1024;
/** A head fits into two packets; the rest of the time is for lost ones. */
const HEAD_WITHIN_MS = 10_000;
/** How often Node checks for slow requests; their connections are closed up to this much later. */
const CHECK_EVERY_MS = 1_000;
/** Longer than load balancers keep a connection that they do not use, 60 seconds: they would send a request into its end. */
export const DEFAULT_KEEP_ALIVE_MS = 75_000;
/** A connection without any traffic is dead, or its client does not read. Longer than every other time limit. */
const STALLED_AFTER_MS = 11_500;
/** The minor version, by major, from which Node supports `reusePort`. Every later major supports it. */
const REUSE_PORT_SINCE: Readonly<Record<number, number>> = { 22: 12, 23: 1 };

export interface ServerLimits {
  readonly bodyWithinMs: number;
  readonly answerWithinMs: number;
  readonly keepAliveMs: number;
}

/** A server that parses strictly and limits every wait. By itself it answers only what its parser can't read. */
export function createStrictServer(limits: ServerLimits, isUpgrade: (req: IncomingMessage) => boolean): Server {
  const server = createServer({
    IncomingMessage: createRequestClass(isUpgrade),
    // Overrides NODE_OPTIONS.
    insecureHTTPParser: false,
    // The rules that the fronts share check it.
    requireHostHeader: false,
    maxHeaderSize: MAX_HEAD_BYTES,
    headersTimeout: HEAD_WITHIN_MS,
    requestTimeout: Math.max(HEAD_WITHIN_MS, limits.bodyWithinMs),
    connectionsCheckingInterval: CHECK_EVERY_MS,
    keepAliveTimeout: limits.keepAliveMs,
  });
  // Unlimited: headers over a limit would be dropped silently, a second Content-Length among them. Bytes are limited above.
  server.maxHeadersCount = 0;
  server.timeout = Math.max(STALLED_AFTER_MS, limits.answerWithinMs + STALLED_AFTER_MS - HEAD_WITHIN_MS);
  return server;
}

/** Listens, and returns the port. Errors: Fault `config`, with the reason for the user. */
export async function listenOn(
  server: Server,
  { host, port, shared }: { readonly host: string; readonly port: number; readonly shared: boolean },
): Promise<number> {
  if (shared && !canSharePort(process.versions.node)) {
    throw new Fault('config', 'a shared port needs uWebSockets.js, or Node 22.12 or newer');
  }
  // reusePort is missing from the types of Node 20.
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
