import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import { keysOf } from '../../src/adapters/redis/keys.ts';
import type { RunningScenario, Sample, Scenario, ScenarioOptions, Verdict } from '../runner/scenario.ts';
import { createClusterInstallation, unlinkAll } from '../support/cluster-installation.ts';
import type { Installation } from '../support/installation.ts';
import { saleOf } from '../support/sale.ts';

const TICKETS = 1_000_000;
/** As many as Floodgate pushes at a time: fewer commands are less work. */
const PER_COMMAND = 5000;
const PUSH_ALL = `
for first = 1, ARGV[1], ARGV[2] do
  local tickets = {}
  for ticket = first, math.min(ARGV[1], first + ARGV[2] - 1) do tickets[#tickets + 1] = ticket end
  redis.call('RPUSH', KEYS[1], unpack(tickets))
end`;

/** Publishing a sale, which loads its tickets before it opens. A round is one sale, whatever its duration. */
class WarmUp implements RunningScenario {
  readonly processes = [];
  #sales = 0;

  constructor(
    private readonly installation: Installation,
    private readonly redisUrl: string,
  ) {}

  /** The same tickets, generated and pushed inside Redis by a single call, without a ledger. */
  async ceiling(): Promise<Sample> {
    const prefix = `bench-${randomBytes(4).toString('hex')}:`;
    const redis = new Redis(this.redisUrl);
    await redis.ping();
    const from = performance.now();
    await redis.eval(PUSH_ALL, 1, `${prefix}tickets`, TICKETS, PER_COMMAND);
    const ms = performance.now() - from;
    const pushed = await redis.llen(`${prefix}tickets`);
    if (pushed !== TICKETS) throw new Error(`${pushed} of ${TICKETS} tickets were pushed`);
    redis.disconnect();
    await unlinkAll(this.redisUrl, prefix);
    return { perSecond: (TICKETS * 1000) / ms };
  }

  async subject(): Promise<Sample> {
    this.#sales += 1;
    const from = performance.now();
    const sale = await this.installation.publish(saleOf(`warm-up-${this.#sales}`, { total: TICKETS }));
    const ms = performance.now() - from;
    if (sale.status !== 'published') throw new Error(`the sale is ${sale.status}`);
    return { perSecond: (TICKETS * 1000) / ms, extra: { 'a million tickets, s': ms / 1000 } };
  }

  async check(): Promise<readonly Verdict[]> {
    const redis = new Redis(this.redisUrl);
    let loaded = 0;
    for (let n = 1; n <= this.#sales; n += 1) {
      const [queue = ''] = keysOf(this.installation.env.KEY_PREFIX ?? '', `warm-up-${n}`, ['queue']);
      loaded += await redis.llen(queue);
    }
    redis.disconnect();
    const ok = loaded === this.#sales * TICKETS;
    return [{ ok, what: `${this.#sales} sales published, ${loaded} tickets loaded` }];
  }

  close(): Promise<void> {
    return this.installation.remove();
  }
}

export const warmUpScenario: Scenario = {
  name: 'warm-up',
  shows: 'publishing a sale of 1,000,000 tickets',
  on: 'cluster',
  unit: 'tickets',
  ceiling: 'raw Redis, RPUSH of 5,000 at a time in one script',
  connections: [1],
  ownLoad: true,
  open: async ({ servers }: ScenarioOptions) =>
    new WarmUp(await createClusterInstallation(servers), servers.REDIS_URL ?? ''),
};
