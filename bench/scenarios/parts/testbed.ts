import type { Deployment, ScenarioOptions } from '../../runner/scenario.ts';
import { createClusterInstallation } from '../../support/cluster-installation.ts';
import { createEmbeddedInstallation } from '../../support/embedded-installation.ts';
import { serveFloodgate } from '../../support/floodgate.ts';
import type { Installation } from '../../support/installation.ts';
import { backlogDrained } from '../../support/metrics.ts';
import { createTokens } from '../../support/requests.ts';
import { saleOf } from '../../support/sale.ts';
import { type ServerProcess, serve } from '../../support/serve.ts';
import { allStored } from './all-stored.ts';

const ECHO = new URL('../../support/echo-server.js', import.meta.url);

export interface TestbedOptions {
  readonly on: Deployment;
  /** Of a cluster. @default 1 */
  readonly fronts?: number;
  /** Of a cluster. Without any, orders stay in the log: workers would compete for the same cores. @default 0 */
  readonly workers?: number;
}

export interface Sold {
  readonly sales: readonly string[];
  readonly accepted: number;
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
    const count = async () => {
      let stored = 0;
      for (const id of sales) stored += await this.installation.stored(id);
      return stored;
    };
    if (this.on === 'cluster') return (await allStored(count, accepted)).stored;
    await backlogDrained(this.port);
    await this.#stopAll();
    return count();
  }

  async close(): Promise<void> {
    await this.#stopAll();
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
  { on, fronts = 1, workers = 0 }: TestbedOptions,
  { servers, profileDir }: Pick<ScenarioOptions, 'servers' | 'profileDir'>,
): Promise<Testbed> {
  const isCluster = on === 'cluster';
  const installation = isCluster ? await createClusterInstallation(servers) : await createEmbeddedInstallation();
  const testbed = new Testbed(on, installation, await serve(ECHO), profileDir);
  try {
    for (let n = 0; n < (isCluster ? fronts : 1); n += 1) await testbed.startFront();
    for (let n = 0; n < workers; n += 1) await testbed.startWorker();
    return testbed;
  } catch (error) {
    await testbed.close();
    throw error;
  }
}
