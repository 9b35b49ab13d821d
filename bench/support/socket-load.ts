/**
 * Closed-loop load over WebSockets: each socket sends a frame, waits for the reply with its id, and sends the next.
 *
 * Runs as a child process: it receives `SocketLoadOptions` as a message and replies with a `SocketLoadReport`.
 */
import { LiveSocketClient } from './socket-client.ts';
import { quantile } from './statistics.ts';
import { OPENED_AT_ONCE } from './web-socket-wire.ts';

export interface SocketLoadOptions {
  readonly port: number;
  readonly seconds: number;
  readonly saleId: string;
  /** One socket each. */
  readonly tokens: readonly string[];
  /** Whether the server implements the live protocol or echoes frames. */
  readonly protocol: 'live' | 'echo';
}

export interface SocketLoadReport {
  readonly seconds: number;
  readonly accepted: number;
  readonly refused: number;
  readonly broken: number;
  readonly p50Ms: number;
  readonly p90Ms: number;
  readonly p99Ms: number;
}

const CREATED = '"status":201';

async function run({ port, seconds, saleId, tokens, protocol }: SocketLoadOptions): Promise<SocketLoadReport> {
  const sockets: LiveSocketClient[] = [];
  for (let opened = 0; opened < tokens.length; opened += OPENED_AT_ONCE) {
    const batch = tokens.slice(opened, opened + OPENED_AT_ONCE);
    sockets.push(...(await Promise.all(batch.map((token) => LiveSocketClient.open(port, protocol, token)))));
  }
  const took: number[] = [];
  let accepted = 0;
  let refused = 0;
  let broken = 0;
  const start = performance.now();
  const end = start + seconds * 1000;
  await Promise.all(
    sockets.map(async (socket) => {
      while (performance.now() < end) {
        const at = performance.now();
        const reply = await socket.call({ type: 'purchase', saleId });
        if (reply === undefined) {
          broken += 1;
          return;
        }
        took.push(performance.now() - at);
        if (protocol === 'echo' || reply.includes(CREATED)) accepted += 1;
        else refused += 1;
      }
    }),
  );
  const elapsed = (performance.now() - start) / 1000;
  for (const socket of sockets) socket.close();
  const sorted = Float64Array.from(took).sort();
  const [p50Ms, p90Ms, p99Ms] = [0.5, 0.9, 0.99].map((share) => quantile(sorted, share)) as [number, number, number];
  return { seconds: elapsed, accepted, refused, broken, p50Ms, p90Ms, p99Ms };
}

process.on('message', (options: SocketLoadOptions) => {
  void run(options).then((report) => process.send?.(report));
});
