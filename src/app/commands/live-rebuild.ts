import type { Config } from '../../config.ts';
import { type RebuiltSale, rebuildLive } from '../../services/live-rebuild.ts';
import { createLog } from '../../telemetry/log.ts';
import { openPorts } from '../adapters/open-ports.ts';
import { awaitServer } from './await-server.ts';

/** Rebuilds a sale's live figures, beside running servers; undefined for an unknown sale. Errors: the Fault of any port. */
export async function rebuildLiveOnce(saleId: string, config: Config): Promise<RebuiltSale | undefined> {
  const { ports, close } = await openPorts(config, createLog({ level: 'warn', to: process.stderr }));
  try {
    await Promise.all([
      awaitServer('the order log', () => ports.log.ping()),
      awaitServer('the order store', () => ports.store.ping()),
      awaitServer('the live state', () => ports.live.ping()),
    ]);
    if ((await ports.catalogue.sale(saleId)) === undefined) return undefined;
    const [rebuilt] = await rebuildLive([saleId], { source: ports.auditSources.log, live: ports.live });
    return rebuilt;
  } finally {
    await close();
  }
}
