import type { Config } from '../../config.ts';
import { type RebuiltSale, rebuildLive } from '../../services/live-rebuild.ts';
import { awaitServer } from './await-server.ts';
import { withPorts } from './with-ports.ts';

/** Rebuilds a sale's live figures, beside running servers; undefined for an unknown sale. Errors: the Fault of any port. */
export function rebuildLiveOnce(saleId: string, config: Config): Promise<RebuiltSale | undefined> {
  return withPorts(config, async (ports) => {
    await Promise.all([
      awaitServer('the order log', () => ports.log.ping()),
      awaitServer('the order store', () => ports.store.ping()),
      awaitServer('the live state', () => ports.live.ping()),
    ]);
    if ((await ports.catalogue.sale(saleId)) === undefined) return undefined;
    const [rebuilt] = await rebuildLive([saleId], { source: ports.auditSources.log, live: ports.live });
    return rebuilt;
  });
}
