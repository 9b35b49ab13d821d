import { createInProcessEventBus } from '../../adapters/in-process/event-bus.ts';
import { createSqlCatalogue } from '../../adapters/sql/catalogue.ts';
import { createSqlJobs } from '../../adapters/sql/jobs.ts';
import { createSqlLeases } from '../../adapters/sql/leases.ts';
import { createSqlNodeMarks } from '../../adapters/sql/node-marks.ts';
import { createSqlOrderAuditSource } from '../../adapters/sql/order-audit-source.ts';
import { createSqlSettingsStore } from '../../adapters/sql/settings-store.ts';
import { createSqlTokenRevocations } from '../../adapters/sql/token-revocations.ts';
import { systemClock } from '../../adapters/system/clock.ts';
import type { Config } from '../../config.ts';
import type { Fault } from '../../domain/errors.ts';
import { queueClientTimeoutMs } from '../../roles/front/policies.ts';
import type { Ports } from '../../roles/ports.ts';
import type { Log } from '../../telemetry/log.ts';
import { openEmbedded } from './embedded.ts';
import { openKafka } from './kafka.ts';
import { openMongo } from './mongo.ts';
import { openMysql } from './mysql.ts';
import { type Open, openTogether } from './open-together.ts';
import { openRedis, openRedisEventBus } from './redis.ts';

export interface OpenPorts {
  readonly ports: Ports;
  /** No other process can use the queue: what is stranded now was left by a process that has ended. */
  readonly exclusive: boolean;
  close(): Promise<void>;
}

export interface OpenPortsOptions {
  /** Whether to make an embedded database where there is none. @default true */
  readonly create?: boolean;
  /** Called if a part of this process has ended without which nothing works. */
  readonly onBroken?: (fault: Fault) => void;
}

/**
 * Picks each port's adapter: the server whose URL is set, else the embedded one. An unavailable server is no error: it
 * is logged and retried. Errors: Fault `config`, `unavailable` (embedded only).
 */
export async function openPorts(
  config: Config,
  log: Pick<Log, 'info' | 'warn' | 'error'>,
  { create = true, ...callbacks }: OpenPortsOptions = {},
): Promise<OpenPorts> {
  const { port: ports, close } = await openTogether(async (opened) =>
    portsOf(await openAdapters(opened, config, { log, create, ...callbacks })),
  );
  return { ports, exclusive: config.redis === undefined, close };
}

interface AdapterParts extends OpenPortsOptions {
  readonly log: Pick<Log, 'info' | 'warn' | 'error'>;
  readonly create: boolean;
}

const LOST = 'the database file is not the one that was opened: this process answers 503 until it is restarted';

async function openAdapters(opened: Open, config: Config, { log, ...options }: AdapterParts) {
  const { redis, kafka, mysql, mongo, dataDir } = config;
  const isEmbedded = [redis, kafka, mysql, mongo].includes(undefined);
  const embedded = isEmbedded
    ? await opened(openEmbedded({ dataDir, ...options, onLost: (err) => log.error({ err }, LOST) }))
    : undefined;
  const [onRedis, events, onKafka, sql, live] = await Promise.all([
    redis === undefined ? undefined : opened(openRedis({ ...redis, timeoutMs: queueClientTimeoutMs(config) }, log)),
    redis === undefined ? createInProcessEventBus() : opened(openRedisEventBus(redis, log)),
    kafka === undefined ? undefined : opened(openKafka(kafka, log)),
    mysql === undefined ? embedded?.sql : opened(openMysql(mysql)),
    mongo === undefined ? embedded?.live : opened(openMongo(mongo)),
  ]);
  return { embedded, onRedis, events, onKafka, sql, live };
}

function portsOf({ embedded, onRedis, events, onKafka, sql, live }: Awaited<ReturnType<typeof openAdapters>>): Ports {
  const [queue, queueAudit] = [onRedis?.queue ?? embedded?.queue, onRedis?.auditSource ?? embedded?.queueAuditSource];
  const [orderLog, logAudit] = [onKafka?.log ?? embedded?.log, onKafka?.auditSource ?? embedded?.logAuditSource];
  if (!queue || !queueAudit || !orderLog || !logAudit || !sql || !live) {
    throw new TypeError('a port has neither a server nor the embedded database');
  }
  const isAtomic = onRedis === undefined && onKafka === undefined && embedded !== undefined;
  return {
    queue,
    ...(onRedis === undefined ? {} : { recovery: onRedis.recovery }),
    log: orderLog,
    ...(embedded === undefined ? {} : { lost: embedded.lost }),
    ...(isAtomic ? { atomicSale: embedded.atomicSale } : {}),
    store: sql.store,
    catalogue: createSqlCatalogue(sql.database),
    live,
    auditSources: { queue: queueAudit, log: logAudit, orders: createSqlOrderAuditSource(sql.database) },
    leases: createSqlLeases(sql.database),
    nodeMarks: createSqlNodeMarks(sql.database),
    jobs: createSqlJobs(sql.database),
    events,
    settingsStore: createSqlSettingsStore(sql.database),
    tokenRevocations: createSqlTokenRevocations(sql.database),
    clock: systemClock,
  };
}
