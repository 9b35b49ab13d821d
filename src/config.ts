import { ROLES, type Role } from './config/process-settings.ts';
import type { Environment } from './config/setting.ts';
import { readSettings } from './config/setting.ts';
import { SETTINGS } from './config/settings.ts';
import { Fault } from './domain/errors.ts';

export { type FrontName, MIN_SECRET_LENGTH, ROLES, type Role } from './config/process-settings.ts';
export { settingsHelp } from './config/settings.ts';

export type Config = ReturnType<typeof loadConfig>;

/**
 * The settings in groups, one for each part of the program, frozen. They are read from the environment of this process by
 * default; `defaults` apply to variables that it does not set.
 * Errors: Fault `config`; one line with the setting's name, its value (unless secret) and what is accepted.
 */
export function loadConfig(env: Environment = process.env, defaults: Environment = {}) {
  const values = readSettings(SETTINGS, env, defaults);
  requireServers(values.ROLES, values);
  const { KAFKA_USERNAME: username, KAFKA_PASSWORD: password } = values;
  if ((username === undefined) !== (password === undefined)) {
    throw new Fault('config', 'KAFKA_USERNAME and KAFKA_PASSWORD go together: set both or none');
  }
  refuseRedisParameters(values.REDIS_URL);
  if (values.KAFKA_CA_FILE !== undefined && values.KAFKA_TLS === 'off') {
    throw new Fault('config', 'KAFKA_CA_FILE needs KAFKA_TLS=on: without it the connection to Kafka is not encrypted');
  }
  return freeze({
    roles: values.ROLES,
    dataDir: values.DATA_DIR,
    logLevel: values.LOG_LEVEL,
    jwtSecret: values.JWT_SECRET,
    previousJwtSecret: values.JWT_SECRET_PREVIOUS,
    payment: { graceSeconds: values.PAYMENT_GRACE_SECONDS },
    payments: { webhookSecret: values.PAYMENT_WEBHOOK_SECRET, webhookUrl: values.PAYMENT_WEBHOOK_URL },
    shutdownGraceMs: values.SHUTDOWN_GRACE_MS,
    drainDelayMs: values.DRAIN_DELAY_MS,
    front: values.FRONT,
    metrics: { port: values.METRICS_PORT, token: values.METRICS_TOKEN },
    http: {
      host: values.HOST,
      port: values.PORT,
      maxBodyBytes: values.MAX_BODY_BYTES,
      shared: values.SHARED_PORT === 'on',
      keepAliveMs: values.KEEP_ALIVE_MS,
    },
    purchase: {
      batchSize: values.PURCHASE_BATCH_SIZE,
      concurrency: values.PURCHASE_CONCURRENCY,
      capacity: values.ADMISSION_CAPACITY,
      deadlineMs: values.REQUEST_DEADLINE_MS,
      soldOutMs: values.SOLD_OUT_MEMORY_MS,
    },
    breakers: {
      failureShare: values.BREAKER_FAILURE_SHARE,
      windowMs: values.BREAKER_WINDOW_MS,
      halfOpenAfterMs: values.BREAKER_HALF_OPEN_AFTER_MS,
    },
    limits: {
      buyer: values.RATE_LIMIT_BUYER,
      address: values.RATE_LIMIT_ADDRESS,
      attempts: values.RATE_LIMIT_ATTEMPTS,
    },
    /** 0: unlimited. */
    maxEndedOrders: values.MAX_ENDED_ORDERS,
    /** 0: unlimited. */
    sockets: { perProcess: values.MAX_SOCKETS, perAddress: values.MAX_SOCKETS_PER_ADDRESS },
    trustedProxies: values.TRUSTED_PROXIES,
    settlement: {
      batchSize: values.SETTLEMENT_BATCH_SIZE,
      batchMs: values.SETTLEMENT_BATCH_MS,
      group: values.SETTLEMENT_GROUP,
    },
    liveView: { group: values.LIVE_VIEW_GROUP },
    /** Undefined: embedded. */
    redis: values.REDIS_URL === undefined ? undefined : { url: values.REDIS_URL, keyPrefix: values.KEY_PREFIX },
    kafka:
      values.KAFKA_BROKERS.length === 0
        ? undefined
        : {
            brokers: values.KAFKA_BROKERS,
            topicPrefix: values.TOPIC_PREFIX,
            partitions: values.LOG_PARTITIONS,
            /** 0: the cluster's default. */
            replication: values.LOG_REPLICATION,
            tls: kafkaTls(values),
            ...(username === undefined || password === undefined
              ? {}
              : { sasl: { mechanism: values.KAFKA_SASL_MECHANISM, username, password } }),
          },
    mysql: values.MYSQL_URL === undefined ? undefined : { url: values.MYSQL_URL, poolSize: values.MYSQL_POOL_SIZE },
    mongo:
      values.MONGODB_URL === undefined ? undefined : { url: values.MONGODB_URL, poolSize: values.MONGODB_POOL_SIZE },
  });
}

function kafkaTls({
  KAFKA_TLS: tls,
  KAFKA_CA_FILE: ca,
}: {
  readonly KAFKA_TLS: 'on' | 'off';
  readonly KAFKA_CA_FILE: string | undefined;
}) {
  return tls === 'on' && ca !== undefined ? { ca } : tls === 'on';
}

/** The client would take a parameter such as `tls=true` for an option, and connect without it. Its `family` is honoured. */
function refuseRedisParameters(setting = ''): void {
  for (const [, name] of setting.matchAll(/[?&]([^=&,#]+)/g)) {
    if (name === 'family') continue;
    throw new Fault('config', `REDIS_URL has a parameter that is not known: ${name}; for TLS begin it with rediss://`);
  }
}

const SERVERS = ['REDIS_URL', 'KAFKA_BROKERS', 'MYSQL_URL', 'MONGODB_URL'] as const;

/** The embedded database belongs to one process, so roles can be split only where every process uses servers. */
function requireServers(
  roles: readonly Role[],
  values: Readonly<Record<(typeof SERVERS)[number], string | readonly string[] | undefined>>,
): void {
  if (roles.length === ROLES.length) return;
  const missing = SERVERS.filter((name) => (values[name]?.length ?? 0) === 0);
  if (missing.length === 0) return;
  const set = missing.join(', ');
  throw new Fault(
    'config',
    `ROLES=${roles.join(',')} needs servers that all processes share: set ${set}, or ROLES=all`,
  );
}

function freeze<T extends object>(value: T): Readonly<T> {
  for (const part of Object.values(value)) {
    if (typeof part === 'object' && part !== null) freeze(part);
  }
  return Object.freeze(value);
}
