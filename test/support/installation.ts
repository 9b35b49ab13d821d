import { ALL_SERVERS } from './all-servers.ts';
import { createCluster } from './cluster.ts';
import { type FloodgateProcess, startFloodgate } from './floodgate-process.ts';
import { createWorkspace, type Workspace } from './workspace.ts';

/** All roles at work, in one process or in several, behind one port. */
export interface Installation {
  readonly workspace: Workspace;
  readonly port: number;
  stop(): Promise<void>;
}

/** One process on its own file. */
export async function embeddedInstallation(): Promise<Installation> {
  const workspace = await createWorkspace();
  const server = await startFloodgate(workspace.env);
  return {
    workspace,
    port: server.port,
    stop: async () => {
      await server.kill('SIGTERM');
      await workspace.remove();
    },
  };
}

/** Two fronts, two workers and two schedulers (one of them at work) on real servers. */
export async function clusterInstallation(urls: Parameters<typeof createCluster>[0]): Promise<Installation> {
  const cluster = await createCluster(urls);
  const fronts: Promise<FloodgateProcess>[] = [cluster.front(), cluster.front()];
  await Promise.all([...fronts, cluster.worker(), cluster.worker(), cluster.scheduler(), cluster.scheduler()]);
  return { workspace: cluster.workspace, port: cluster.port, stop: () => cluster.stop() };
}

const servers = ALL_SERVERS;

/** Name, and how to open it; undefined where this machine has not got what it needs. */
export const INSTALLATIONS: readonly (readonly [name: string, open: (() => Promise<Installation>) | undefined])[] = [
  ['the embedded default', embeddedInstallation],
  ['a cluster', servers === undefined ? undefined : () => clusterInstallation(servers)],
];
