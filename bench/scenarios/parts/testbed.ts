import { systemClock } from '../../../src/adapters/system/clock.ts';
import { poll } from '../../../src/resilience/poll.ts';
import type { Deployment, ScenarioOptions } from '../../runner/scenario.ts';
import { createClusterInstallation } from '../../support/cluster-installation.ts';
import { createEmbeddedInstallation } from '../../support/embedded-installation.ts';
import { serveFloodgate } from '../../support/floodgate.ts';
import type { Installation } from '../../support/installation.ts';
import { backlogDrained } from '../../support/metrics.ts';
import { createTokens } from '../../support/requests.ts';
import { saleOf } from '../../support/sale.ts';
import { type ServerProcess, serve } from '../../support/serve.ts';
import type { Usage } from '../../support/usage.ts';
import { UsageMeter } from '../../support/usage-meter.ts';
import { allStored } from './all-stored.ts';
import { caughtUp } from './caught-up.ts';

const LAG_POLL_MS = 50;
/** Longer than any backlog of a round. */
const LAG_TIMEOUT_MS = 120_000;

const ECHO = new URL('../../support/echo-server.js', import.meta.url);

export interface TestbedOptions {
  readonly on: Deployment;
  /** Of a cluster. @default 1 */
  readonly fronts?: number;
  /** Of a cluster. Without any, orders stay in the log: workers would compete for the same cores. @default 0 */
  readonly workers?: number;
  /** Whether a cluster has a scheduler, too. @default false */
  readonly scheduler?: boolean;
}

export interface Sold {
  readonly sales: readonly string[];
  readonly accepted: number;
  /** Tickets of each order. @default 1 */
  readonly quantity?: number;
}

/** An installation with its running processes, and the echo server to compare them with. */
export class Testbed {
  readonly tokens = createTokens();
  readonly fronts: ServerProcess[] = [];
  /** Floodgate's running processes. */
  readonly processes: ServerProcess[] = [];
  #sales = 0;

  constructor(
    readonly on: Deployment,
    readonly installation: Installation,
    readonly echo: ServerProcess,
    private readonly meter: UsageMeter,
    private readonly profileDir: string | undefined,
  ) {}

  /** Port of the first front. */
  get port(): number {
    return this.fronts[0]?.port ?? 0;
  }

  async startFront(): Promise<void> {
    this.fronts.push(await this.#start(this.on === 'cluster' ? 'front' : 'all'));
  }

  async startWorker(): Promise<void> {
    await this.#start('worker');
  }

  async startScheduler(): Promise<void> {
    await this.#start('scheduler');
  }

  /** Publishes an open sale; returns its id. */
  async openSale(total: number): Promise<string> {
    this.#sales += 1;
    return (await this.installation.publish(saleOf(`sale-${this.#sales}`, { total }))).id;
  }

  /**
   * The stored orders of these sales, once at least all accepted ones are stored and no more follow. An embedded
   * installation is stopped first.
   */
  async ordersOf({ sales, accepted }: Sold): Promise<number> {
    const count = () => this.installation.stored(...sales);
    if (this.on === 'cluster') return (await allStored(count, accepted)).stored;
    await backlogDrained(this.port);
    await this.#stopAll();
    return count();
  }

  /** Publishes `sales` open sales with `total` tickets each; returns their ids. */
  async openSales(sales: number, total: number): Promise<readonly string[]> {
    const drafts = Array.from({ length: sales }, (_, n) => saleOf(`sale-${this.#sales + n + 1}`, { total }));
    this.#sales += sales;
    await this.installation.publishAll(drafts);
    return drafts.map(({ id }) => id);
  }

  /**
   * Resolves when all accepted orders of these sales are stored and in the live state, with when that was, milliseconds of
   * `performance.now()`.
   */
  async caughtUp({ sales, accepted, quantity = 1 }: Sold): Promise<number> {
    const { installation } = this;
    if (this.on === 'cluster') {
      const counts = {
        stored: () => installation.stored(...sales),
        shown: async () => (await installation.shown(...sales)) / quantity,
      };
      return caughtUp(counts, accepted);
    }
    // Both groups of the process: a second open engine would slow it.
    await backlogDrained(this.port);
    return performance.now();
  }

  /** Resolves when the workers have acknowledged the whole log, which they do a few times a second. */
  async logRead(): Promise<void> {
    if (this.on !== 'cluster') return backlogDrained(this.port);
    await poll(() => this.installation.lag(), {
      until: (lag) => lag === 0,
      everyMs: LAG_POLL_MS,
      forMs: LAG_TIMEOUT_MS,
      clock: systemClock,
    });
  }

  /** Runs a load; resolves with its result and what each of its operations has cost since it began. */
  async metered<Result>(
    work: () => Promise<Result>,
    operationsIn: (result: Result) => number,
  ): Promise<{ readonly result: Result; readonly usage: Usage }> {
    const before = await this.meter.read(this.processes);
    const result = await work();
    return { result, usage: await this.meter.since(before, this.processes, operationsIn(result)) };
  }

  async close(): Promise<void> {
    await this.#stopAll();
    await this.meter.close();
    await this.echo.stop();
    await this.installation.remove();
  }

  async #start(roles: string): Promise<ServerProcess> {
    const server = await serveFloodgate({ env: this.installation.env, roles, profileDir: this.profileDir });
    this.processes.push(server);
    return server;
  }

  async #stopAll(): Promise<void> {
    for (const server of this.processes.splice(0)) await server.stop();
  }
}

export async function openTestbed(
  { on, fronts = 1, workers = 0, scheduler = false }: TestbedOptions,
  { servers, profileDir }: Pick<ScenarioOptions, 'servers' | 'profileDir'>,
): Promise<Testbed> {
  const isCluster = on === 'cluster';
  const installation = isCluster ? await createClusterInstallation(servers) : await createEmbeddedInstallation();
  const meter = await UsageMeter.open(isCluster ? servers : undefined);
  const testbed = new Testbed(on, installation, await serve(ECHO), meter, profileDir);
  try {
    for (let n = 0; n < (isCluster ? fronts : 1); n += 1) await testbed.startFront();
    for (let n = 0; n < (isCluster ? workers : 0); n += 1) await testbed.startWorker();
    if (isCluster && scheduler) await testbed.startScheduler();
    return testbed;
  } catch (error) {
    await testbed.close();
    throw error;
  }
}
