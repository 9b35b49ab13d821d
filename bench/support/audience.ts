/**
 * Many sockets that look at one sale, in a process of their own: `audience.js <port> <sockets> <sale>`. Prints a line of
 * JSON with "listening" when all are subscribed, and one with what they saw for each line that it is sent.
 */
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { quantile } from './spread.ts';
import { textFrame, upgradeOf } from './web-socket-wire.ts';

const [port = 0, count = 0] = process.argv.slice(2, 4).map(Number);
const saleId = process.argv[4] ?? '';

/** Opened at a time: fewer than a listen backlog holds. */
const AT_ONCE = 100;
/** Looking for the time in each frame would measure this process. */
const TIMED_SHARE = 16;
const REMAINING = Buffer.from('"remaining":');
const SERVER_TIME = Buffer.from('"serverTime":"');
const TIME_LENGTH = '2026-11-21T09:06:55.120Z'.length;

const SUBSCRIBE = textFrame(JSON.stringify({ type: 'subscribe', id: 1, saleId }));
const sockets: Socket[] = [];
/** The last figure that each socket saw, and when it first saw a 0. */
const remaining = new Float64Array(count).fill(Number.NaN);
const soldOutAt = new Float64Array(count);
let waits: number[] = [];
let bytes = 0;

function read(n: number, chunk: Buffer): void {
  bytes += chunk.length;
  const at = chunk.lastIndexOf(REMAINING);
  if (at < 0) return;
  const left = Number.parseInt(chunk.toString('latin1', at + REMAINING.length, at + REMAINING.length + 8), 10);
  remaining[n] = left;
  if (left === 0 && soldOutAt[n] === 0) soldOutAt[n] = Date.now();
  if (n % TIMED_SHARE !== 0) return;
  const timeAt = chunk.lastIndexOf(SERVER_TIME) + SERVER_TIME.length;
  waits.push(Date.now() - Date.parse(chunk.toString('latin1', timeAt, timeAt + TIME_LENGTH)));
}

function open(n: number): Promise<Socket> {
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

for (let opened = 0; opened < count; opened += AT_ONCE) {
  const batch = Array.from({ length: Math.min(AT_ONCE, count - opened) }, (_, n) => open(opened + n));
  sockets.push(...(await Promise.all(batch)));
}
process.stdout.write(`${JSON.stringify({ msg: 'listening', port })}\n`);

createInterface({ input: process.stdin }).on('line', () => {
  waits.sort((a, b) => a - b);
  const at = (share: number) => (waits.length === 0 ? null : quantile(waits, share));
  const soldOut = soldOutAt.filter((ms) => ms > 0);
  const report = {
    sockets: sockets.length,
    sawEnd: soldOut.length,
    lastSawEndAt: soldOut.reduce((a, b) => Math.max(a, b), 0),
    p50Ms: at(0.5),
    p99Ms: at(0.99),
    megabytes: Math.round(bytes / 1e6),
  };
  waits = [];
  process.stdout.write(`REPORT ${JSON.stringify(report)}\n`);
});
