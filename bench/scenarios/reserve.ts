import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import { createRedisTicketQueue, type RedisTicketQueue } from '../../src/adapters/redis/ticket-queue.ts';
import { auditQueue } from '../../test/support/queue-audit.ts';
import type { RunningScenario, Sample, Scenario, Verdict } from '../runner/scenario.ts';
import { unlinkAll } from '../support/cluster-installation.ts';
import { createReserveItems } from '../support/reservations.ts';
import { ticketsFor } from './../support/sale.ts';
import { closedLoop } from './parts/closed-loop.ts';

/** As a front has at full load. */
const BATCH = 128;
const IN_FLIGHT = 4;
/** Plain pops are up to so many times as fast as purchases. */
const CEILING_FACTOR = 5;

/** The queue's decision without a front: batches of purchases, compared with as many plain pops. */
class Reserve implements RunningScenario {
  readonly processes = [];
  readonly #items = createReserveItems();
  readonly #sales: string[] = [];
  #sold = 0;

  private constructor(
    private readonly url: string,
    private readonly prefix: string,
    private readonly redis: Redis,
    private readonly tickets: RedisTicketQueue,
  ) {}

  static async open(url: string): Promise<Reserve> {
    const prefix = `bench-${randomBytes(4).toString('hex')}:`;
    const tickets = createRedisTicketQueue({ url, prefix });
    await tickets.prepare();
    return new Reserve(url, prefix, new Redis(url), tickets);
  }

  async ceiling(seconds: number): Promise<Sample> {
    const list = `${this.prefix}tickets`;
    const tickets = Array.from({ length: 1000 }, (_, n) => n);
    const pushes = this.redis.pipeline();
    for (let n = 0; n < ticketsFor(seconds) * CEILING_FACTOR; n += tickets.length) pushes.rpush(list, ...tickets);
    await pushes.exec();
    const sample = await closedLoop(seconds, IN_FLIGHT, async () => {
      const pipeline = this.redis.pipeline();
      for (let n = 0; n < BATCH; n += 1) pipeline.lpop(list);
      const popped = await pipeline.exec();
      if (popped?.some(([error, ticket]) => error !== null || ticket === null)) throw new Error('the list is empty');
      return BATCH;
    });
    await this.redis.unlink(list);
    return sample;
  }

  async subject(seconds: number): Promise<Sample> {
    const { queue } = this.tickets;
    const id = `sale-${this.#sales.length}`;
    this.#sales.push(id);
    await queue.load({ id, epoch: 1, total: ticketsFor(seconds) * 2, perBuyerLimit: 1, opensAt: 0, closesAt: 2 ** 45 });
    return closedLoop(seconds, IN_FLIGHT, async () => {
      const reply = await queue.reserve(id, 1, this.#items(BATCH));
      if (reply.kind !== 'answered') throw new Error(`the queue answered ${reply.kind}`);
      const sold = reply.answers.filter(({ kind }) => kind === 'reserved').length;
      this.#sold += sold;
      return sold;
    });
  }

  async check(): Promise<readonly Verdict[]> {
    let held = 0;
    let consistent = true;
    for (const id of this.#sales) {
      const ledger = await auditQueue(this.tickets.auditSource, id);
      held += ledger?.held ?? 0;
      consistent &&= ledger !== undefined && ledger.held === ledger.heldByBuyers && ledger.doubled.length === 0;
    }
    return [{ ok: consistent && held === this.#sold, what: `${this.#sold} reserved, ${held} in the queue's ledger` }];
  }

  async close(): Promise<void> {
    this.redis.disconnect();
    this.tickets.disconnect();
    await unlinkAll(this.url, this.prefix);
  }
}

export const reserveScenario: Scenario = {
  name: 'reserve',
  shows: "the ticket queue's script alone, 4 batches of 128 in flight",
  on: 'cluster',
  unit: 'reserved',
  ceiling: 'raw Redis, LPOP of 128 in one pipeline',
  connections: [1],
  ownLoad: true,
  open: ({ servers }) => Reserve.open(servers.REDIS_URL ?? ''),
};
