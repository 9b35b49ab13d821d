import type { Config } from '../../config.ts';
import type { LogAuditSource } from '../../ports/audit-source.ts';
import type { OrderLog } from '../../ports/order-log.ts';
import type { Log } from '../../telemetry/log.ts';
import type { Opened } from './opened.ts';

export interface KafkaPorts {
  readonly log: OrderLog;
  readonly auditSource: LogAuditSource;
}

/** Connects in the background. Errors: Fault `config` if the Kafka client was not compiled on this machine. */
export async function openKafka(
  kafka: NonNullable<Config['kafka']>,
  log: Pick<Log, 'warn'>,
): Promise<Opened<KafkaPorts>> {
  const { openKafkaOrderLog } = await import('../../adapters/kafka/order-log.ts');
  const {
    log: orderLog,
    auditSource,
    close,
  } = await openKafkaOrderLog({
    ...kafka,
    onWarning: (line) => log.warn({ dependency: 'Kafka' }, line),
  });
  return { port: { log: orderLog, auditSource }, close };
}
