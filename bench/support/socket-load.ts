/**
 * Many WebSockets in a process of their own that each send a frame, wait for the reply with its id, and send the next.
 * Run as a child process: it takes a `SocketOrder` by message and answers with a `SocketReport`.
 */
import { LiveSocketClient } from './socket-client.ts';
import { quantile } from './spread.ts';

export interface SocketOrder {
  readonly port: number;
  readonly seconds: number;
  readonly saleId: string;
  /** One socket each. */
  readonly tokens: readonly string[];
  /** Whether the server speaks the live protocol, or sends back what it gets. */
  readonly speaks: 'live' | 'echo';
}

export interface SocketReport {
  readonly seconds: number;
  readonly accepted: number;
  readonly refused: number;
  readonly broken: number;
  readonly p50Ms: number;
  readonly p90Ms: number;
  readonly p99Ms: number;
}

/** Opened at a time: fewer than a listen backlog holds. */
const AT_ONCE = 100;
const CREATED = '"status":201';

async function run({ port, seconds, saleId, tokens, speaks }: SocketOrder): Promise<SocketReport> {
  const sockets: LiveSocketClient[] = [];
  for (let opened = 0; opened < tokens.length; opened += AT_ONCE) {
    const batch = tokens.slice(opened, opened + AT_ONCE);
    sockets.push(...(await Promise.all(batch.map((token) => LiveSocketClient.open(port, speaks, token)))));
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
        if (speaks === 'echo' || reply.includes(CREATED)) accepted += 1;
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

process.on('message', (order: SocketOrder) => {
  void run(order).then((report) => process.send?.(report));
});
