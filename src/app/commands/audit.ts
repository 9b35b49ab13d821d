import type { Config } from '../../config.ts';
import { type AuditOutcome, auditSale } from '../../services/audit.ts';
import { createLog } from '../../telemetry/log.ts';
import { openPorts } from '../adapters/open-ports.ts';
import { groupsOf } from '../defaults.ts';
import { awaitServer } from './await-server.ts';

/**
 * How long an audit waits until the workers have stored and counted what is in the log: they rarely lag by a second.
 */
const MAX_WAIT_MS = 10_000;

/** An audit in a separate process. Errors: the Fault of any source that can't be read. */
export async function auditOnce(saleId: string, config: Config): Promise<AuditOutcome> {
  const { ports, close } = await openPorts(config, createLog({ level: 'warn', to: process.stderr }), {
    create: false,
  });
  try {
    await Promise.all([
      awaitServer('the ticket queue', () => ports.auditSources.queue.snapshot(saleId)),
      awaitServer('the order log', () => ports.log.ping()),
      awaitServer('the order store', () => ports.store.ping()),
      awaitServer('the live state', () => ports.live.ping()),
    ]);
    const { settlement: group, liveView: liveGroup } = groupsOf(config);
    return await auditSale(saleId, ports, { group, liveGroup, maxWaitMs: MAX_WAIT_MS });
  } finally {
    await close();
  }
}
