import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * Servers listen below the range that systems give to outgoing connections (32768 up on Linux): a server that is
 * killed and started again must find its port free, and not taken by somebody's client.
 */
const FIRST = 20_000;
const LAST = 32_000;
const TRIES = 100;

/** Whether nobody listens on this port of the loopback address. */
export function isFree(port) {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/** A port that nobody listens on and that is not among `taken`. */
export async function freePort(taken) {
  for (let i = 0; i < TRIES; i += 1) {
    const port = randomInt(FIRST, LAST);
    if (!taken.has(port) && (await isFree(port))) return port;
  }
  throw new Error(`no free port found from ${FIRST} to ${LAST}`);
}
