import { connect } from 'node:net';
import { createEmbeddedInstallation } from '../support/embedded-installation.ts';
import { serveFloodgate } from '../support/floodgate.ts';
import { openLoop } from '../support/generators.ts';
import { createTokens, purchasesOf, wireOf } from '../support/requests.ts';
import { saleOf } from '../support/sale.ts';
import { median } from '../support/statistics.ts';
import { experiment, WrongResult } from './experiment.ts';

const SEND_EVERY_MS = 1000;
const CONNECTIONS = 64;
const SALE = 'slow';
const POST = `POST /v1/sales/${SALE}/purchases HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n`;

/** Unfinished heads and bodies, and a request that tries to smuggle another: what is sent at first, and then each second. */
const SLOW_REQUESTS = [
  { first: 'GET /', later: 'x' },
  { first: 'GET /healthz HTTP/1.1\r\nHost: x\r\n', later: 'X: x\r\n' },
  { first: `${POST}Content-Length: 1000\r\n\r\n`, later: ' ' },
  {
    first: `${POST}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /healthz HTTP/1.1\r\n`,
    later: 'x',
  },
] as const;

/** Keeps `count` slow connections open, and reopens those that the server closes. Returns a function that ends them. */
function openSlowConnections(port: number, count: number): () => void {
  const closers = new Set<() => void>();
  let ended = false;
  const open = (n: number) => {
    if (ended) return;
    const { first, later } = SLOW_REQUESTS[n % SLOW_REQUESTS.length] as (typeof SLOW_REQUESTS)[number];
    const socket = connect(port, '127.0.0.1');
    socket.resume();
    socket.on('error', () => {});
    const sending = setInterval(() => socket.write(later), SEND_EVERY_MS);
    const close = () => {
      clearInterval(sending);
      socket.destroy();
    };
    closers.add(close);
    socket.on('close', () => {
      close();
      closers.delete(close);
      // Refused connections are reopened at most once a second.
      setTimeout(() => open(n), SEND_EVERY_MS);
    });
    socket.write(first);
  };
  for (let n = 0; n < count; n += 1) open(n);
  return () => {
    ended = true;
    for (const close of closers) close();
  };
}

export const slowClients = experiment({
  name: 'slow-clients',
  shows: 'latency of normal buyers beside a thousand connections that send a byte a second (slow loris)',
  reason: 'it compares latencies at a fixed rate, not rates',
  options: { slow: 1000, 'per-second': 1000, seconds: 10, rounds: 5 },
  run: async ({ slow, 'per-second': perSecond, seconds, rounds }, { say }) => {
    const installation = await createEmbeddedInstallation();
    await installation.publish(saleOf(SALE, { total: perSecond * seconds * rounds * 4 }));
    const front = await serveFloodgate({ env: installation.env });
    const wires = purchasesOf(SALE, { tokens: createTokens() }).map(wireOf);
    const p99Ms = async () => {
      const options = { port: front.port, connections: CONNECTIONS, seconds, perSecond, wires };
      const { accepted, refused, broken } = await openLoop(options);
      if (refused.count + broken > 0) throw new WrongResult(`${refused.count} were refused, ${broken} broken`);
      return accepted.p99Ms;
    };
    const alone: number[] = [];
    const beside: number[] = [];
    try {
      // Warm-up.
      await p99Ms();
      for (let round = 1; round <= rounds; round += 1) {
        alone.push(await p99Ms());
        const closeAll = openSlowConnections(front.port, slow);
        beside.push(await p99Ms());
        closeAll();
        say(`round ${round}: p99 ${alone.at(-1)?.toFixed(1)} ms alone, ${beside.at(-1)?.toFixed(1)} ms beside them`);
      }
    } finally {
      await front.stop();
      await installation.remove();
    }
    console.table([
      {
        'slow connections': slow,
        'purchases/s': perSecond,
        'p99 alone, ms': median(alone).toFixed(1),
        'p99 beside them, ms': median(beside).toFixed(1),
        ratio: (median(beside) / median(alone)).toFixed(2),
      },
    ]);
  },
});
