import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * Servers listen below the range of ephemeral ports (32768 and up on Linux), so that no client takes the port of a server
 * between its kill and its restart.
 */
const FIRST = 20_000;
const LAST = 32_000;
const TRIES = 100;

/** Whether the port is free on the loopback address. */
export function isFree(port) {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/** A free port that is not among `taken`. */
export async function freePort(taken) {
  for (let i = 0; i < TRIES; i += 1) {
    const port = randomInt(FIRST, LAST);
    if (!taken.has(port) && (await isFree(port))) return port;
  }
  throw new Error(`no free port found from ${FIRST} to ${LAST}`);
}
