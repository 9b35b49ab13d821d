import { parseTrustedProxies } from '../domain/client-address.ts';
import { LIVE_SETTINGS, type LogLevel } from '../domain/live-settings.ts';
import { decimal, describeSettings, integer, list, oneOf, optionalText, text } from './setting.ts';

export const ROLES = ['front', 'worker', 'scheduler'] as const;

export type Role = (typeof ROLES)[number];

const FRONTS = ['auto', 'uws', 'node'] as const;

/** What serves HTTP and WebSockets: uWebSockets.js, or node:http and ws. */
export type FrontName = (typeof FRONTS)[number];

/** An HS256 key shorter than the hash weakens it (RFC 7518, section 3.2: 256 bits). */
const MIN_SECRET_LENGTH = 32;

const NAME = { pattern: /^[A-Za-z0-9._:-]{1,64}$/, accepts: '1 to 64 letters, digits, dots, colons, _ or -' };
const TOPIC_NAME = { pattern: /^[A-Za-z0-9._-]{1,64}$/, accepts: '1 to 64 letters, digits, dots, _ or -' };

/** Every setting, in the order in which the help shows them. */
export const SETTINGS = {
  PORT: integer({
    meaning: 'Port of the HTTP front; 0 lets the system choose.',
    default: 3000,
    min: 0,
    max: 65535,
  }),
  HOST: text({
    meaning:
      'Address that the front listens on. The default is reachable from this machine only; 0.0.0.0 serves the network.',
    default: '127.0.0.1',
    accepts: 'a host name or an IP address',
    pattern: /^[A-Za-z0-9.:_-]{1,255}$/,
  }),
  FRONT: oneOf<FrontName>({
    meaning:
      'What serves HTTP: uws is uWebSockets.js, node is node:http and slower; auto is uws where its binary loads.',
    default: 'auto',
    values: FRONTS,
  }),
  ROLES: list<Role>({
    meaning: 'What this process does. Fewer than all the roles needs all four server URLs.',
    default: ROLES,
    shown: 'all',
    accepts: `all, or a comma list of ${ROLES.join(', ')}`,
    parse: rolesOf,
  }),
  DATA_DIR: text({
    meaning: 'Folder of the embedded database and of a secret made here.',
    default: './data',
    accepts: 'a path',
    pattern: /^[^\0]{1,4096}$/,
  }),
  JWT_SECRET: optionalText({
    meaning: 'Key that signs and checks tokens (HS256). Fronts on several machines need the same one.',
    accepts: `${MIN_SECRET_LENGTH} characters or more`,
    pattern: new RegExp(`^.{${MIN_SECRET_LENGTH},}$`, 's'),
    secret: true,
    without: 'one is made and kept in DATA_DIR',
  }),
  PAYMENT_WEBHOOK_SECRET: optionalText({
    meaning:
      "Key that signs and checks the payment provider's messages. Set the same one for all fronts and the provider.",
    accepts: `${MIN_SECRET_LENGTH} characters or more`,
    pattern: new RegExp(`^.{${MIN_SECRET_LENGTH},}$`, 's'),
    secret: true,
    without: 'derived from JWT_SECRET',
  }),
  PAYMENT_WEBHOOK_URL: optionalText({
    meaning: 'Where the sandbox of payments sends its messages; a front behind it must be reachable.',
    accepts: 'a URL that begins with http:// or https://',
    pattern: /^https?:\/\/[^\s/]\S*$/,
    without: "this process's own front",
  }),
  LOG_LEVEL: oneOf<LogLevel>({
    ...LIVE_SETTINGS.logLevel,
    default: 'info',
  }),
  RATE_LIMIT_BUYER: integer({
    ...LIVE_SETTINGS.limits.buyer,
    default: 0,
  }),
  RATE_LIMIT_ADDRESS: integer({
    ...LIVE_SETTINGS.limits.address,
    default: 0,
  }),
  TRUSTED_PROXIES: list<string>({
    meaning: 'Proxies whose X-Forwarded-For tells the client; for RATE_LIMIT_ADDRESS behind a load balancer.',
    default: [],
    shown: 'none',
    accepts: 'a number of proxies, or a comma list of addresses and networks such as 10.0.0.0/8',
    parse: (items) => (parseTrustedProxies(items) === undefined ? undefined : items),
  }),
  REDIS_URL: optionalText({
    meaning: 'The ticket queue on Redis; several nodes, separated by commas, are those of a Redis Cluster.',
    accepts: 'a URL that begins with redis:// or rediss://, and perhaps more nodes behind commas',
    pattern: /^rediss?:\/\/[^\s/,][^\s,]*(,(rediss?:\/\/)?[^\s/,][^\s,]*)*$/,
    secret: true,
    without: 'embedded in DATA_DIR',
  }),
  KAFKA_BROKERS: list<string>({
    meaning: 'The order log on Kafka.',
    default: [],
    shown: 'embedded in DATA_DIR',
    accepts: 'a comma list of host:port',
    parse: brokersOf,
  }),
  KAFKA_TLS: oneOf<'on' | 'off'>({
    meaning: 'Whether the connection to Kafka is encrypted.',
    default: 'off',
    values: ['on', 'off'],
  }),
  KAFKA_CA_FILE: optionalText({
    meaning: "Certificates of the authority that signed Kafka's, in PEM format; with KAFKA_TLS=on.",
    accepts: 'a path',
    pattern: /^[^\0]{1,4096}$/,
    without: "the system's authorities",
  }),
  KAFKA_SASL_MECHANISM: oneOf<'PLAIN' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512'>({
    meaning: 'How Kafka checks the password, when KAFKA_USERNAME is set.',
    default: 'SCRAM-SHA-512',
    values: ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'],
  }),
  KAFKA_USERNAME: optionalText({
    meaning: "The user's name at Kafka.",
    accepts: 'a name',
    pattern: /^\S+$/,
    without: 'no authentication',
  }),
  KAFKA_PASSWORD: optionalText({
    meaning: "The user's password at Kafka.",
    accepts: 'a password',
    pattern: /^.+$/s,
    secret: true,
    without: 'no authentication',
  }),
  MYSQL_URL: optionalText({
    meaning: 'The order store on MySQL or MariaDB; the URL names the database.',
    accepts: 'a URL like mysql://user:password@host:3306/database',
    pattern: /^mysql:\/\/[^\s/]+\/[^\s/?]+(\?\S*)?$/,
    secret: true,
    without: 'embedded in DATA_DIR',
  }),
  MONGODB_URL: optionalText({
    meaning: 'The live state on MongoDB.',
    accepts: 'a URL that begins with mongodb:// or mongodb+srv://',
    pattern: /^mongodb(\+srv)?:\/\/[^\s/]\S*$/,
    secret: true,
    without: 'embedded in DATA_DIR',
  }),
  SHARED_PORT: oneOf<'on' | 'off'>({
    meaning: 'Whether other fronts of this machine may listen on the same port; the system spreads the connections.',
    default: 'off',
    values: ['on', 'off'],
    tuning: true,
  }),
  MAX_BODY_BYTES: integer({
    meaning: 'Bytes of a request body at the most; the largest body of the contract is far below the default.',
    default: 16_384,
    min: 1024,
    max: 1_048_576,
    tuning: true,
  }),
  REQUEST_DEADLINE_MS: integer({
    ...LIVE_SETTINGS.purchase.deadlineMs,
    default: 2000,
    tuning: true,
  }),
  PURCHASE_BATCH_SIZE: integer({
    ...LIVE_SETTINGS.purchase.batchSize,
    default: 64,
    tuning: true,
  }),
  PURCHASE_CONCURRENCY: integer({
    ...LIVE_SETTINGS.purchase.concurrency,
    default: 8,
    tuning: true,
  }),
  ADMISSION_CAPACITY: integer({
    ...LIVE_SETTINGS.purchase.capacity,
    default: 8192,
    tuning: true,
  }),
  SOLD_OUT_MEMORY_MS: integer({
    ...LIVE_SETTINGS.purchase.soldOutMs,
    default: 100,
    tuning: true,
  }),
  BREAKER_FAILURE_SHARE: decimal({
    ...LIVE_SETTINGS.breakers.failureShare,
    default: 0.5,
    tuning: true,
  }),
  BREAKER_WINDOW_MS: integer({
    ...LIVE_SETTINGS.breakers.windowMs,
    default: 5000,
    tuning: true,
  }),
  BREAKER_HALF_OPEN_AFTER_MS: integer({
    ...LIVE_SETTINGS.breakers.halfOpenAfterMs,
    default: 500,
    tuning: true,
  }),
  SETTLEMENT_BATCH_SIZE: integer({
    ...LIVE_SETTINGS.settlement.batchSize,
    default: 1000,
    tuning: true,
  }),
  SETTLEMENT_BATCH_MS: integer({
    ...LIVE_SETTINGS.settlement.batchMs,
    default: 5,
    tuning: true,
  }),
  SHUTDOWN_GRACE_MS: integer({
    meaning: 'Milliseconds that a stopping process gives to what is in flight; orchestrators kill after 10 s or more.',
    default: 8000,
    min: 0,
    max: 600_000,
    tuning: true,
  }),
  KEY_PREFIX: text({
    ...NAME,
    meaning: 'Begins every Redis key, so that installations can share a server.',
    default: 'floodgate:',
    tuning: true,
  }),
  TOPIC_PREFIX: text({
    ...TOPIC_NAME,
    meaning: 'Begins every Kafka topic, so that installations can share a cluster.',
    default: 'floodgate.',
    tuning: true,
  }),
  SETTLEMENT_GROUP: text({
    ...TOPIC_NAME,
    meaning: 'Consumer group of the workers that store orders.',
    default: 'floodgate.settlement',
    tuning: true,
  }),
  LIVE_VIEW_GROUP: text({
    ...TOPIC_NAME,
    meaning: 'Consumer group of the workers that keep the live state.',
    default: 'floodgate.live-view',
    tuning: true,
  }),
  LOG_PARTITIONS: integer({
    meaning: 'Partitions of a topic that is made here; 12 spreads evenly over 2, 3, 4 or 6 workers.',
    default: 12,
    min: 1,
    max: 1024,
    tuning: true,
  }),
  LOG_REPLICATION: integer({
    meaning: "Copies of a topic that is made here; 0 takes the cluster's own default.",
    default: 0,
    min: 0,
    max: 16,
    tuning: true,
  }),
  MYSQL_POOL_SIZE: integer({
    meaning: 'Connections to MySQL; a worker needs two, reads the rest.',
    default: 10,
    min: 1,
    max: 500,
    tuning: true,
  }),
  MONGODB_POOL_SIZE: integer({
    meaning: 'Connections to MongoDB; writes are few and batched.',
    default: 10,
    min: 1,
    max: 500,
    tuning: true,
  }),
};

/** Every setting with its meaning, range and default, for `floodgate serve --help`. */
export function settingsHelp(): string {
  const section = (tuning: boolean) =>
    describeSettings(Object.fromEntries(Object.entries(SETTINGS).filter(([, setting]) => setting.tuning === tuning)));
  return `Settings (environment variables):\n${section(false)}\n\nTuning (the defaults fit most machines):\n${section(true)}`;
}

function rolesOf(items: readonly string[]): readonly Role[] | undefined {
  if (items.length === 0 || !items.every((item) => item === 'all' || ROLES.some((role) => role === item))) {
    return undefined;
  }
  return items.includes('all') ? ROLES : ROLES.filter((role) => items.includes(role));
}

function brokersOf(items: readonly string[]): readonly string[] | undefined {
  const valid = items.length > 0 && items.every((item) => /^([A-Za-z0-9._-]+|\[[0-9A-Fa-f:]+\]):\d{1,5}$/.test(item));
  return valid ? items : undefined;
}
