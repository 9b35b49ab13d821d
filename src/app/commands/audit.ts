import type { Config } from '../../config.ts';
import { type AuditProgress, seldom } from '../../services/audit/progress.ts';
import { type AuditOutcome, auditSale } from '../../services/audit.ts';
import { groupsOf } from '../defaults.ts';
import { awaitServer } from './await-server.ts';
import { withPorts } from './with-ports.ts';

/**
 * How long an audit waits until the workers have stored and counted what is in the log: they rarely lag by a second.
 */
const MAX_WAIT_MS = 10_000;

const PROGRESS_EVERY_MS = 1000;

/** An audit in a separate process, which reports its progress about once a second. Errors: the Fault of any source that can't be read. */
export function auditOnce(
  saleId: string,
  config: Config,
  report: (progress: AuditProgress) => void,
): Promise<AuditOutcome> {
  return withPorts(config, async (ports) => {
    await Promise.all([
      awaitServer('the ticket queue', () => ports.auditSources.queue.snapshot(saleId)),
      awaitServer('the order log', () => ports.log.ping()),
      awaitServer('the order store', () => ports.store.ping()),
      awaitServer('the live state', () => ports.live.ping()),
    ]);
    const { settlement: group, liveView: liveGroup } = groupsOf(config);
    const onProgress = seldom(report, { everyMs: PROGRESS_EVERY_MS, monotonic: ports.clock.monotonic });
    return auditSale(saleId, ports, { group, liveGroup, maxWaitMs: MAX_WAIT_MS, onProgress });
  });
}
