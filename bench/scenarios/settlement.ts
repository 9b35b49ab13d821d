import { openKafkaOrderLog } from '../../src/adapters/kafka/order-log.ts';
import type { RunningScenario, Sample, Scenario, ScenarioOptions, Verdict } from '../runner/scenario.ts';
import { createClusterInstallation } from '../support/cluster-installation.ts';
import { serveFloodgate } from '../support/floodgate.ts';
import type { Installation } from '../support/installation.ts';
import { rawInserts } from '../support/raw-inserts.ts';
import { createRecords, ITEMS_PER_RECORD } from '../support/reservations.ts';
import type { ServerProcess } from '../support/serve.ts';
import { allStored } from './parts/all-stored.ts';

/** About what a worker stores in a second, so that its log lasts for the length of a round. */
const ORDERS_PER_SECOND = 40_000;
const APPENDS_IN_FLIGHT = 32;
const POLL_MS = 20;

/** One worker stores a full log. The time counts from the first stored order, without joining the consumer group. */
class Settlement implements RunningScenario {
  readonly processes: ServerProcess[] = [];
  readonly #recordOf = createRecords();
  readonly #logged = new Map<string, number>();

  constructor(
    private readonly installation: Installation,
    private readonly options: ScenarioOptions,
  ) {}

  async ceiling(seconds: number): Promise<Sample> {
    const url = this.installation.env.MYSQL_URL ?? '';
    return { perSecond: await rawInserts(url, seconds * ORDERS_PER_SECOND, this.#recordOf) };
  }

  async subject(seconds: number): Promise<Sample> {
    const orders = seconds * ORDERS_PER_SECOND;
    const saleId = `settlement-${this.#logged.size}`;
    await this.#fill(saleId, orders);
    this.#logged.set(saleId, orders);
    const { profileDir } = this.options;
    const worker = await serveFloodgate({ env: this.installation.env, roles: 'worker', profileDir });
    this.processes.push(worker);
    try {
      return { perSecond: await this.#storing(saleId, orders) };
    } finally {
      await worker.stop();
      this.processes.pop();
    }
  }

  async check(): Promise<readonly Verdict[]> {
    let [logged, stored] = [0, 0];
    for (const [saleId, orders] of this.#logged) {
      logged += orders;
      stored += await this.installation.stored(saleId);
    }
    return [{ ok: stored === logged, what: `${logged} orders in the log, ${stored} stored` }];
  }

  close(): Promise<void> {
    return this.installation.remove();
  }

  async #fill(saleId: string, orders: number): Promise<void> {
    const { KAFKA_BROKERS = '', TOPIC_PREFIX = '' } = this.installation.env;
    const { log, ready, close } = await openKafkaOrderLog({
      brokers: KAFKA_BROKERS.split(','),
      topicPrefix: TOPIC_PREFIX,
    });
    await ready;
    for (let done = 0; done < orders; ) {
      const appends: Promise<void>[] = [];
      for (let n = 0; n < APPENDS_IN_FLIGHT && done < orders; n += 1) {
        const count = Math.min(ITEMS_PER_RECORD, orders - done);
        appends.push(log.append(this.#recordOf(saleId, done, count)));
        done += count;
      }
      await Promise.all(appends);
    }
    await close();
  }

  /** Orders a second. If the worker stops early, only those it stored count, and the check reports the missing ones. */
  async #storing(saleId: string, orders: number): Promise<number> {
    let [from, before] = [0, 0];
    const count = async (): Promise<number> => {
      const stored = await this.installation.stored(saleId);
      if (before === 0) [from, before] = [performance.now(), stored];
      return stored;
    };
    const { stored, at } = await allStored(count, orders, { pollMs: POLL_MS });
    return at > from ? ((stored - before) * 1000) / (at - from) : 0;
  }
}

export const settlementScenario: Scenario = {
  name: 'settlement',
  shows: 'one worker stores a log full of reservations',
  on: 'cluster',
  unit: 'stored',
  ceiling: 'raw multi-row inserts, their text made before',
  connections: [1],
  ownLoad: true,
  target: () => 0.4,
  open: async (options) => new Settlement(await createClusterInstallation(options.servers), options),
};
