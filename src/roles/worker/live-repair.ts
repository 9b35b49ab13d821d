import type { Observable } from 'rxjs';
import type { LogAuditSource } from '../../ports/audit-source.ts';
import type { LiveState } from '../../ports/live-state.ts';
import { recentSales } from '../../services/live-rebuild/recent-sales.ts';
import { type RebuiltSale, rebuildLive } from '../../services/live-rebuild.ts';
import { type LiveRepairParts, liveRepair } from '../../streams/live-view/live-repair.ts';

export interface LiveRepairPorts {
  readonly source: LogAuditSource;
  readonly live: Pick<LiveState, 'rebuild'>;
}

/** Reconciles the live figures of sales that were counted with the log; emits those that were wrong. */
export function repairLive(
  sales$: Observable<readonly string[]>,
  { source, live }: LiveRepairPorts,
  parts: LiveRepairParts,
): Observable<RebuiltSale> {
  const rebuilding = {
    recentSales: () => recentSales(source),
    rebuild: (saleIds: readonly string[], pause: () => Promise<void>) =>
      rebuildLive(saleIds, { source, live }, { pause }),
  };
  return liveRepair(sales$, rebuilding, parts);
}
