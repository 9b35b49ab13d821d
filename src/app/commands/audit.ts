import type { Config } from '../../config.ts';
import { type AuditOutcome, auditSale } from '../../services/audit.ts';
import { createLog } from '../../telemetry/log.ts';
import { openPorts } from '../adapters/open-ports.ts';
import type { Ports } from '../adapters/opened.ts';
import { awaitServer } from './await-server.ts';

/** How long an audit waits for the workers to store and to count what is in the log: they are seldom a second behind. */
const PATIENCE_MS = 10_000;

/** A front has to answer within ten seconds, and looks twice. */
const FRONT_PATIENCE_MS = 1000;

type AuditConfig = Pick<Config, 'settlement' | 'liveView'>;

/** Audits of a running front. Who asks for a sale that is being audited gets the same answer. */
export function createAudits(ports: Ports, config: AuditConfig): (saleId: string) => Promise<AuditOutcome> {
  const running = new Map<string, Promise<AuditOutcome>>();
  return (saleId) => {
    const audit =
      running.get(saleId) ??
      auditSale(saleId, ports, optionsOf(config, FRONT_PATIENCE_MS)).finally(() => running.delete(saleId));
    running.set(saleId, audit);
    return audit;
  };
}

/** An audit by a process of its own. Errors: Fault of whatever can't be read. */
export async function auditOnce(saleId: string, config: Config): Promise<AuditOutcome> {
  const { ports, close } = await openPorts(config, createLog({ level: 'warn', to: process.stderr }));
  try {
    await Promise.all([
      awaitServer('the ticket queue', () => ports.auditSources.queue.snapshot(saleId)),
      awaitServer('the order log', () => ports.log.ping()),
      awaitServer('the order store', () => ports.store.ping()),
      awaitServer('the live state', () => ports.live.ping()),
    ]);
    return await auditSale(saleId, ports, optionsOf(config, PATIENCE_MS));
  } finally {
    await close();
  }
}

function optionsOf({ settlement, liveView }: AuditConfig, maxWaitMs: number) {
  return { group: settlement.group, liveGroup: liveView.group, maxWaitMs };
}
