import { LIVE_SETTINGS } from '../domain/live-settings.ts';
import { decimal, integer, oneOf, text } from './setting.ts';

const NAME = { pattern: /^[A-Za-z0-9._:-]{1,64}$/, accepts: '1 to 64 letters, digits, dots, colons, _ or -' };
const TOPIC_NAME = { pattern: /^[A-Za-z0-9._-]{1,64}$/, accepts: '1 to 64 letters, digits, dots, _ or -' };

/** Settings that rarely need a change. */
export const TUNING_SETTINGS = {
  SHARED_PORT: oneOf<'on' | 'off'>({
    meaning: 'Whether fronts on this machine may share the port; the system distributes the connections.',
    default: 'off',
    values: ['on', 'off'],
    tuning: true,
  }),
  MAX_BODY_BYTES: integer({
    meaning: 'The longest request body, bytes; every valid request is far below the default.',
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
    // Redis gains nothing beyond 64 per call (89 k/s at 64, 87 k/s at 256); its other costs per purchase are half those of 64.
    default: 128,
    tuning: true,
  }),
  PURCHASE_CONCURRENCY: integer({
    ...LIVE_SETTINGS.purchase.concurrency,
    // Each batch is a log record: with 128 buyers on a cluster 8 batches sell a fifth less, with 1,024 as much.
    default: 4,
    tuning: true,
  }),
  ADMISSION_CAPACITY: integer({
    ...LIVE_SETTINGS.purchase.capacity,
    // A fifth of a second of work on two cores; a purchase that would wait longer is better refused at once.
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
  PAYMENT_GRACE_SECONDS: integer({
    ...LIVE_SETTINGS.payment.graceSeconds,
    // Cards with a second factor, and wallets, are decided within minutes.
    default: 600,
    tuning: true,
  }),
  SETTLEMENT_BATCH_SIZE: integer({
    ...LIVE_SETTINGS.settlement.batchSize,
    default: 1000,
    tuning: true,
  }),
  SETTLEMENT_BATCH_MS: integer({
    ...LIVE_SETTINGS.settlement.batchMs,
    default: 50,
    tuning: true,
  }),
  SHUTDOWN_GRACE_MS: integer({
    meaning:
      'Milliseconds that a stopping process waits for requests in flight; orchestrators kill after 10 s or more.',
    default: 8000,
    min: 0,
    max: 600_000,
    tuning: true,
  }),
  DRAIN_DELAY_MS: integer({
    meaning:
      'Milliseconds that a stopping front goes on selling, not ready and with Connection: close, before its port closes.',
    // A process without a load balancer has nothing to wait for.
    default: 0,
    min: 0,
    max: 600_000,
    tuning: true,
  }),
  KEEP_ALIVE_MS: integer({
    meaning:
      'Milliseconds that node:http keeps a connection open between requests; longer than load balancers do (60 s).',
    default: 75_000,
    min: 1000,
    max: 3_600_000,
    tuning: true,
  }),
  KEY_PREFIX: text({
    ...NAME,
    meaning: 'Prefix of every Redis key, so that installations can share a server.',
    default: 'floodgate:',
    tuning: true,
  }),
  TOPIC_PREFIX: text({
    ...TOPIC_NAME,
    meaning: 'Prefix of every Kafka topic, so that installations can share a cluster.',
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
    meaning: 'Consumer group of the workers that maintain the live state.',
    default: 'floodgate.live-view',
    tuning: true,
  }),
  LOG_PARTITIONS: integer({
    meaning: 'Partitions of a topic that is created here; 12 are spread evenly over 2, 3, 4 or 6 workers.',
    default: 12,
    min: 1,
    max: 1024,
    tuning: true,
  }),
  LOG_REPLICATION: integer({
    meaning: "Replicas of a topic that is created here; 0: the cluster's default.",
    default: 0,
    min: 0,
    max: 16,
    tuning: true,
  }),
  MYSQL_POOL_SIZE: integer({
    meaning: 'Connections to MySQL; a worker uses two, queries share the rest.',
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
