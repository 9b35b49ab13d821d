import type { Place, Setting } from '../../runner/scenario.ts';
import { createClusterInstallation } from '../../support/cluster-installation.ts';
import { createEmbeddedInstallation } from '../../support/embedded-installation.ts';
import type { Installation } from '../../support/installation.ts';
import { backlogGone } from '../../support/metrics.ts';
import { ECHO, MAIN } from '../../support/programs.ts';
import { createTokens, type TokenOf } from '../../support/requests.ts';
import { saleOf } from '../../support/sale.ts';
import { type ServerProcess, serve } from '../../support/serve.ts';
import { tuning } from '../../support/tuning.ts';
import { allStored } from './all-stored.ts';

/** An installation with its processes, the echo beside it. */
export interface Site {
  readonly installation: Installation;
  /** Where buyers go. */
  readonly fronts: readonly ServerProcess[];
  /** Of the first of them. */
  readonly port: number;
  /** Floodgate's processes. */
  readonly processes: readonly ServerProcess[];
  readonly echo: ServerProcess;
  readonly tokens: TokenOf;
  /** A sale that is open and that nobody bought of; its id. */
  openSale(total: number): Promise<string>;
  startWorker(): Promise<void>;
  /** Orders that are stored of these sales, once all that were accepted are, and no more come. Stops what sells. */
  ordersOf(sold: Sold): Promise<number>;
  close(): Promise<void>;
}

export interface Sold {
  readonly sales: readonly string[];
  readonly accepted: number;
}

export interface SiteShape {
  readonly on: Place;
  /** Of a cluster. @default 1 */
  readonly fronts?: number;
  /** Of a cluster; none are workers that are paused: they would compete for the same cores. @default 0 */
  readonly workers?: number;
}

export async function openSite(
  { on, fronts = 1, workers = 0 }: SiteShape,
  setting: Pick<Setting, 'servers' | 'profileDir'>,
): Promise<Site> {
  const isCluster = on === 'cluster';
  const installation = isCluster
    ? await createClusterInstallation(setting.servers)
    : await createEmbeddedInstallation();
  const running: ServerProcess[] = [];
  const start = async (roles: string): Promise<ServerProcess> => {
    const server = await serve(MAIN, {
      name: roles === 'all' ? 'all roles' : roles,
      args: ['serve'],
      env: { LOG_LEVEL: 'info', ...tuning(), ...installation.env, ROLES: roles, PORT: '0' },
      nodeArgs: setting.profileDir === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${setting.profileDir}`],
    });
    running.push(server);
    return server;
  };
  const stopAll = async (): Promise<void> => {
    for (const server of running.splice(0)) await server.stop();
  };
  let sales = 0;
  const echo = await serve(ECHO);
  try {
    const open: ServerProcess[] = [];
    for (let n = 0; n < (isCluster ? fronts : 1); n += 1) open.push(await start(isCluster ? 'front' : 'all'));
    for (let n = 0; n < workers; n += 1) await start('worker');
    const firstPort = open[0]?.port ?? 0;
    return {
      installation,
      fronts: open,
      port: firstPort,
      processes: running,
      echo,
      tokens: createTokens(),
      openSale: async (total) => {
        sales += 1;
        return (await installation.publish(saleOf(`sale-${sales}`, { total }))).id;
      },
      startWorker: async () => {
        await start('worker');
      },
      ordersOf: async ({ sales: ids, accepted }) => {
        const count = async () => {
          let stored = 0;
          for (const id of ids) stored += await installation.stored(id);
          return stored;
        };
        if (isCluster) return (await allStored(count, accepted)).stored;
        await backlogGone(firstPort);
        await stopAll();
        return count();
      },
      close: async () => {
        await stopAll();
        await echo.stop();
        await installation.remove();
      },
    };
  } catch (error) {
    await stopAll();
    await echo.stop();
    await installation.remove();
    throw error;
  }
}
