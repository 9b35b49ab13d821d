/**
 * One buyer at a steady rate over two fronts that count in one Redis: what the limit lets through, second by second.
 *
 *   npm run build && REDIS_URL=redis://127.0.0.1:6379 node dist/bench/rate-limit.js [--rate 1000] [--limit 100] [--seconds 10]
 *
 * Fails when it is not the limit within 5 %. The requests are for the buyer's orders, which each front has in its own
 * file; they are sent when they are due, whatever the answers do.
 */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { unlinkAll } from './support/cluster-installation.ts';
import { MAIN } from './support/programs.ts';
import { tokenOf } from './support/requests.ts';
import { SECRET } from './support/secret.ts';
import { serve } from './support/serve.ts';

const { values } = parseArgs({
  options: {
    rate: { type: 'string', default: '1000' },
    limit: { type: 'string', default: '100' },
    seconds: { type: 'string', default: '10' },
  },
});
const [rate, limit, seconds] = [values.rate, values.limit, values.seconds].map(Number) as [number, number, number];
const { REDIS_URL } = process.env;
if (!REDIS_URL) throw new Error('set REDIS_URL: npm run servers -- up redis; eval "$(npm run -s servers -- env)"');

const CONNECTIONS = 64;
const WARM_UP_SECONDS = 2;
const TOLERANCE = 0.05;

const folder = await mkdtemp(join(tmpdir(), 'floodgate-bench-'));
const prefix = `bench-${randomBytes(4).toString('hex')}:`;
const fronts = await Promise.all(
  ['a', 'b'].map((name) =>
    serve(MAIN, {
      args: ['serve'],
      env: {
        DATA_DIR: join(folder, name),
        JWT_SECRET: SECRET,
        PORT: '0',
        LOG_LEVEL: 'info',
        REDIS_URL,
        KEY_PREFIX: prefix,
        RATE_LIMIT_BUYER: String(limit),
      },
    }),
  ),
);
const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });

interface Sent {
  readonly answeredMs: number;
  readonly admitted: boolean;
  readonly tookMs: number;
}

function ask(port: number, authorization: string, from: number): Promise<Sent> {
  const at = performance.now();
  return new Promise((resolve, reject) => {
    get({ agent, host: '127.0.0.1', port, path: '/v1/orders', headers: { authorization } }, (incoming) => {
      incoming.resume();
      incoming.on('end', () => {
        if (incoming.statusCode !== 200 && incoming.statusCode !== 429) reject(new Error(`${incoming.statusCode}`));
        const end = performance.now();
        resolve({ answeredMs: end - from, admitted: incoming.statusCode === 200, tookMs: end - at });
      });
    }).on('error', reject);
  });
}

/** Sends what is due, to the fronts in turn. */
async function flood(userId: string, forSeconds: number): Promise<readonly Sent[]> {
  const token = tokenOf(userId);
  const from = performance.now();
  const sent: Promise<Sent>[] = [];
  while (sent.length < rate * forSeconds) {
    const due = Math.min(rate * forSeconds, Math.floor(((performance.now() - from) / 1000) * rate) + 1);
    while (sent.length < due) sent.push(ask(fronts[sent.length % 2]?.port ?? 0, `Bearer ${token}`, from));
    await delay(1);
  }
  return Promise.all(sent);
}

await flood('warm-up', WARM_UP_SECONDS);
const sent = await flood('greedy', seconds);
/** On a busy machine it takes longer than the sending; the rest of a second says nothing. */
const wholeSeconds = Math.floor(Math.max(...sent.map(({ answeredMs }) => answeredMs)) / 1000);
const bySecond = Array.from(
  { length: wholeSeconds },
  (_, n) => sent.filter(({ answeredMs, admitted }) => admitted && Math.floor(answeredMs / 1000) === n).length,
);
const perSecond = bySecond.reduce((sum, count) => sum + count, 0) / wholeSeconds;
const took = (wanted: boolean) =>
  sent
    .filter((one) => one.admitted === wanted)
    .map(({ tookMs }) => tookMs)
    .toSorted((a, b) => a - b);
const p99 = (sorted: readonly number[]) => (sorted[Math.floor(sorted.length * 0.99)] ?? 0).toFixed(1);
console.log(`admitted by second: ${bySecond.join(' ')}`);
console.log(`${perSecond.toFixed(1)} a second of ${Math.round(sent.length / wholeSeconds)}, limit ${limit}`);
console.log(`p99: admitted ${p99(took(true))} ms, refused ${p99(took(false))} ms`);

agent.destroy();
await Promise.all(fronts.map((front) => front.stop()));
await unlinkAll(REDIS_URL, prefix);
await rm(folder, { recursive: true });
if (Math.abs(perSecond / limit - 1) > TOLERANCE) {
  console.error(`not the limit within ${TOLERANCE * 100} %`);
  process.exitCode = 1;
}
