/**
 * What honest buyers wait while others hold a thousand connections and drip: half-sent heads, half-sent bodies, requests
 * that smuggle.
 *
 *   npm run build && node dist/bench/slow-clients.js [--slow 1000] [--per-second 1000] [--seconds 10] [--rounds 5]
 *
 * Rounds with and without them alternate, open loop, embedded front; FRONT chooses which. Each dripping connection is let
 * go after 10 s at the most, and made anew.
 */
import { connect } from 'node:net';
import { parseArgs } from 'node:util';
import { createEmbeddedInstallation } from './support/embedded-installation.ts';
import { openLoad } from './support/open-load.ts';
import { MAIN } from './support/programs.ts';
import { createTokens, purchasesOf, wireOf } from './support/requests.ts';
import { saleOf } from './support/sale.ts';
import { serve } from './support/serve.ts';
import { median } from './support/spread.ts';
import { tuning } from './support/tuning.ts';

const { values } = parseArgs({
  options: {
    slow: { type: 'string', default: '1000' },
    'per-second': { type: 'string', default: '1000' },
    seconds: { type: 'string', default: '10' },
    rounds: { type: 'string', default: '5' },
  },
});
const [slow, perSecond, seconds, rounds] = [values.slow, values['per-second'], values.seconds, values.rounds].map(
  Number,
) as [number, number, number, number];

const DRIP_EVERY_MS = 1000;
const CONNECTIONS = 64;
const SALE = 'slow';
const POST = `POST /v1/sales/${SALE}/purchases HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n`;

/** What each says at once, and then each second. */
const DRIPPERS = [
  { says: 'GET /', drips: 'x' },
  { says: 'GET /healthz HTTP/1.1\r\nHost: x\r\n', drips: 'X: x\r\n' },
  { says: `${POST}Content-Length: 1000\r\n\r\n`, drips: ' ' },
  {
    says: `${POST}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /healthz HTTP/1.1\r\n`,
    drips: 'x',
  },
] as const;

/** Keeps so many of them connected; returns what ends them. */
function drip(port: number, count: number): () => void {
  const ends = new Set<() => void>();
  let ended = false;
  const begin = (n: number) => {
    if (ended) return;
    const { says, drips } = DRIPPERS[n % DRIPPERS.length] as (typeof DRIPPERS)[number];
    const socket = connect(port, '127.0.0.1');
    socket.resume();
    socket.on('error', () => {});
    const dripping = setInterval(() => socket.write(drips), DRIP_EVERY_MS);
    const end = () => {
      clearInterval(dripping);
      socket.destroy();
    };
    ends.add(end);
    socket.on('close', () => {
      end();
      ends.delete(end);
      // Refused ones come again no sooner than they drip.
      setTimeout(() => begin(n), DRIP_EVERY_MS);
    });
    socket.write(says);
  };
  for (let n = 0; n < count; n += 1) begin(n);
  return () => {
    ended = true;
    for (const end of ends) end();
  };
}

const installation = await createEmbeddedInstallation();
const total = perSecond * seconds * rounds * 4;
await installation.publish(saleOf(SALE, { total }));
const front = await serve(MAIN, { args: ['serve'], env: { ...tuning(), ...installation.env, PORT: '0' } });
const wires = purchasesOf(SALE, { tokens: createTokens() }).map(wireOf);
const honest = async () => {
  const { accepted, refused, broken } = await openLoad({
    ...{ port: front.port, connections: CONNECTIONS, seconds, perSecond, wires },
  });
  if (refused.count + broken > 0) throw new Error(`${refused.count} were refused, ${broken} broken`);
  return accepted.p99Ms;
};

await honest();
const alone: number[] = [];
const beside: number[] = [];
for (let round = 1; round <= rounds; round += 1) {
  alone.push(await honest());
  const end = drip(front.port, slow);
  beside.push(await honest());
  end();
  process.stderr.write(
    `round ${round}: p99 ${alone.at(-1)?.toFixed(1)} ms alone, ${beside.at(-1)?.toFixed(1)} ms beside\n`,
  );
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
await front.stop();
await installation.remove();
