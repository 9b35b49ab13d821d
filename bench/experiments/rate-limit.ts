import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { unlinkAll } from '../support/cluster-installation.ts';
import { serveFloodgate } from '../support/floodgate.ts';
import { SECRET } from '../support/installation.ts';
import { tokenOf } from '../support/requests.ts';
import { quantile } from '../support/statistics.ts';
import { experiment, WrongResult } from './experiment.ts';

const CONNECTIONS = 64;
const WARM_UP_SECONDS = 2;
const TOLERANCE = 0.05;
/** The buyer's orders, which each front reads from its own file. */
const PATH = '/v1/orders';

interface Answer {
  /** Since the load began. */
  readonly answeredMs: number;
  readonly admitted: boolean;
  readonly tookMs: number;
}

function request(agent: Agent, port: number, authorization: string, from: number): Promise<Answer> {
  const at = performance.now();
  return new Promise((resolve, reject) => {
    get({ agent, host: '127.0.0.1', port, path: PATH, headers: { authorization } }, (incoming) => {
      incoming.resume();
      incoming.on('end', () => {
        if (incoming.statusCode !== 200 && incoming.statusCode !== 429) reject(new Error(`${incoming.statusCode}`));
        const end = performance.now();
        resolve({ answeredMs: end - from, admitted: incoming.statusCode === 200, tookMs: end - at });
      });
    }).on('error', reject);
  });
}

/** Sends one buyer's requests to the fronts in turn, each when it is due. */
async function send(
  ports: readonly number[],
  userId: string,
  { rate, seconds }: { readonly rate: number; readonly seconds: number },
): Promise<readonly Answer[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const authorization = `Bearer ${tokenOf(userId)}`;
  const from = performance.now();
  const answers: Promise<Answer>[] = [];
  while (answers.length < rate * seconds) {
    const due = Math.min(rate * seconds, Math.floor(((performance.now() - from) / 1000) * rate) + 1);
    while (answers.length < due) {
      answers.push(request(agent, ports[answers.length % ports.length] ?? 0, authorization, from));
    }
    await delay(1);
  }
  try {
    return await Promise.all(answers);
  } finally {
    agent.destroy();
  }
}

/** Prints the result; returns requests admitted a second. */
function evaluate(answers: readonly Answer[], limit: number): number {
  // Answers may take longer than the sending on a busy machine; the last, incomplete second is left out.
  const wholeSeconds = Math.floor(Math.max(...answers.map(({ answeredMs }) => answeredMs)) / 1000);
  const bySecond = Array.from(
    { length: wholeSeconds },
    (_, n) => answers.filter(({ answeredMs, admitted }) => admitted && Math.floor(answeredMs / 1000) === n).length,
  );
  const perSecond = bySecond.reduce((sum, count) => sum + count, 0) / wholeSeconds;
  const p99 = (admitted: boolean) => {
    const took = answers.filter((one) => one.admitted === admitted).map(({ tookMs }) => tookMs);
    return quantile(
      took.toSorted((a, b) => a - b),
      0.99,
    ).toFixed(1);
  };
  console.log(`admitted by second: ${bySecond.join(' ')}`);
  console.log(`${perSecond.toFixed(1)}/s of ${Math.round(answers.length / wholeSeconds)}/s, limit ${limit}/s`);
  console.log(`p99: admitted ${p99(true)} ms, refused ${p99(false)} ms`);
  return perSecond;
}

export const rateLimit = experiment({
  name: 'rate-limit',
  shows: 'one buyer over two fronts that share a limit in Redis: requests admitted by second, within 5 % of the limit',
  reason: 'its rate is that of the limit, on any machine',
  options: { rate: 1000, limit: 100, seconds: 10 },
  servers: () => ['redis'],
  run: async ({ rate, limit, seconds }, { servers }) => {
    const { REDIS_URL = '' } = servers;
    const folder = await mkdtemp(join(tmpdir(), 'floodgate-bench-'));
    const prefix = `bench-${randomBytes(4).toString('hex')}:`;
    const shared = { JWT_SECRET: SECRET, REDIS_URL, KEY_PREFIX: prefix, RATE_LIMIT_BUYER: String(limit) };
    const fronts = await Promise.all(
      ['a', 'b'].map((name) => serveFloodgate({ env: { ...shared, DATA_DIR: join(folder, name) } })),
    );
    const ports = fronts.map(({ port }) => port);
    try {
      await send(ports, 'warm-up', { rate, seconds: WARM_UP_SECONDS });
      const perSecond = evaluate(await send(ports, 'buyer', { rate, seconds }), limit);
      if (Math.abs(perSecond / limit - 1) > TOLERANCE)
        throw new WrongResult(`not within ${TOLERANCE * 100} % of the limit`);
    } finally {
      await Promise.all(fronts.map((front) => front.stop()));
      await unlinkAll(REDIS_URL, prefix);
      await rm(folder, { recursive: true });
    }
  },
});
