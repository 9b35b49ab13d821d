/**
 * Sockets subscribed to one sale: `live-subscribers.js <port> <sockets> <saleId>`. Runs as a child process, so that
 * reading the frames does not slow the load generator.
 *
 * Prints a JSON line with "listening" once all are subscribed, and a line `REPORT <SubscriberReport>` for each line of input.
 */
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { quantile } from './statistics.ts';
import { OPENED_AT_ONCE, textFrame, upgradeOf } from './web-socket-wire.ts';

export interface SubscriberReport {
  readonly sockets: number;
  /** Sockets that have received a frame with no tickets remaining. */
  readonly sawEnd: number;
  /** When the last of these received it, epoch milliseconds. */
  readonly lastSawEndAt: number;
  /** From a frame's server time to its receipt, since the last report; null when no frame was timed. */
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
}

const [port = 0, count = 0] = process.argv.slice(2, 4).map(Number);
const saleId = process.argv[4] ?? '';

/** One socket in so many times its frames: parsing the time of every frame would measure this process. */
const TIMED_SHARE = 16;
const REMAINING = Buffer.from('"remaining":');
const SERVER_TIME = Buffer.from('"serverTime":"');
const TIME_LENGTH = '2026-11-21T09:06:55.120Z'.length;

const SUBSCRIBE = textFrame(JSON.stringify({ type: 'subscribe', id: 1, saleId }));
const sockets: Socket[] = [];
/** By socket: the last number of tickets received, and when it was first 0. */
const remaining = new Float64Array(count).fill(Number.NaN);
const soldOutAt = new Float64Array(count);
let delays: number[] = [];

function read(n: number, chunk: Buffer): void {
  const at = chunk.lastIndexOf(REMAINING);
  if (at < 0) return;
  const left = Number.parseInt(chunk.toString('latin1', at + REMAINING.length, at + REMAINING.length + 8), 10);
  remaining[n] = left;
  if (left === 0 && soldOutAt[n] === 0) soldOutAt[n] = Date.now();
  if (n % TIMED_SHARE !== 0) return;
  const timeAt = chunk.lastIndexOf(SERVER_TIME) + SERVER_TIME.length;
  delays.push(Date.now() - Date.parse(chunk.toString('latin1', timeAt, timeAt + TIME_LENGTH)));
}

/** Resolves once the socket has received the sale's state. */
function subscribe(n: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('data', (chunk: Buffer) => {
      const before = remaining[n];
      read(n, chunk);
      if (Number.isNaN(before) && !Number.isNaN(remaining[n])) resolve(socket);
    });
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('a socket was closed')));
    socket.once('data', () => socket.write(SUBSCRIBE));
    socket.write(upgradeOf('/v1/live'));
  });
}

for (let opened = 0; opened < count; opened += OPENED_AT_ONCE) {
  const batch = Array.from({ length: Math.min(OPENED_AT_ONCE, count - opened) }, (_, n) => subscribe(opened + n));
  sockets.push(...(await Promise.all(batch)));
}
process.stdout.write(`${JSON.stringify({ msg: 'listening', port })}\n`);

createInterface({ input: process.stdin }).on('line', () => {
  delays.sort((a, b) => a - b);
  const at = (share: number) => (delays.length === 0 ? null : quantile(delays, share));
  const soldOut = soldOutAt.filter((ms) => ms > 0);
  const report: SubscriberReport = {
    sockets: sockets.length,
    sawEnd: soldOut.length,
    lastSawEndAt: soldOut.reduce((a, b) => Math.max(a, b), 0),
    p50Ms: at(0.5),
    p99Ms: at(0.99),
  };
  delays = [];
  process.stdout.write(`REPORT ${JSON.stringify(report)}\n`);
});
