import { Fault } from '../../domain/errors.ts';
import type { BackoffOptions } from '../../resilience/retry.ts';
import type { Settings } from './client.ts';

export interface KafkaTls {
  /** Files in PEM format. Without `ca` the system's certificate authorities are trusted. */
  readonly ca?: string;
  readonly certificate?: string;
  readonly key?: string;
  readonly keyPassword?: string;
}

export interface KafkaSasl {
  readonly mechanism: 'PLAIN' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512';
  readonly username: string;
  readonly password: string;
}

export interface KafkaLogOptions {
  /** host:port, one or more of the cluster's brokers. */
  readonly brokers: readonly string[];
  /** Begins the names of the topics. @default 'floodgate.' */
  readonly topicPrefix?: string;
  /** Of the orders' topic, if it is created here. @default 12 */
  readonly partitions?: number;
  /** Replication factor of topics that are created here; 0 for the cluster's default. @default 0 */
  readonly replication?: number;
  /** @default false */
  readonly tls?: boolean | KafkaTls;
  readonly sasl?: KafkaSasl;
  /** How long an append may wait for its acknowledgement. Must stay below the relay's lease. @default 10,000 ms */
  readonly messageTimeoutMs?: number;
  /** How long a record waits for others to share a request. @default 0 ms: a record is a batch already */
  readonly lingerMs?: number;
  /** How long the broker may have records of a partition that a reader does not get, before the reader is replaced. @default 30,000 ms */
  readonly stuckAfterMs?: number;
  /** More of librdkafka's settings for the producer; they override those that are set here. */
  readonly producerSettings?: Settings;
  /** Called with one line for each problem; problems that persist are reported once. */
  readonly onWarning?: (line: string) => void;
}

export const kafkaDefaults = {
  topicPrefix: 'floodgate.',
  // Can be divided evenly among 2, 3, 4 or 6 workers.
  partitions: 12,
  replication: 0,
  tls: false,
  // An append that has timed out must not reach the log after the relay has claimed the reservation (15 s).
  messageTimeoutMs: 10_000,
  lingerMs: 0,
  // Longer than any fetch takes on a network that can be used.
  stuckAfterMs: 30_000,
} as const satisfies Partial<KafkaLogOptions>;

/** A broker that has restarted should be used again soon; librdkafka's default waits up to 10 s. */
const RECONNECT_MAX_MS = 1000;

/**
 * How long a connection may take until it can be used, TLS handshake and login included. Shorter than the attempt to connect
 * (5 s): a server that never answers the handshake is then the reason that is reported.
 */
const SETUP_MS = 4000;

/** Between attempts to connect, and to repeat what a connection needs: short at first, about two seconds in an outage. */
export const RETRY_PAUSES = { baseMs: 100, capMs: 2000 } as const satisfies BackoffOptions;

/** Settings of all clients. Errors: Fault `config`. */
export function connectionSettings({ brokers, tls = kafkaDefaults.tls, sasl }: KafkaLogOptions): Settings {
  if (brokers.length === 0) throw new Fault('config', 'no Kafka broker is configured');
  return {
    'metadata.broker.list': brokers.join(','),
    'client.id': 'floodgate',
    'socket.nagle.disable': true,
    'socket.keepalive.enable': true,
    'reconnect.backoff.max.ms': RECONNECT_MAX_MS,
    'socket.connection.setup.timeout.ms': SETUP_MS,
    'security.protocol': `${sasl === undefined ? '' : 'sasl_'}${tls ? 'ssl' : 'plaintext'}`,
    ...(typeof tls === 'object' ? tlsSettings(tls) : {}),
    ...(sasl === undefined ? {} : saslSettings(sasl)),
  };
}

function tlsSettings({ ca, certificate, key, keyPassword }: KafkaTls): Settings {
  return {
    ...(ca === undefined ? {} : { 'ssl.ca.location': ca }),
    ...(certificate === undefined ? {} : { 'ssl.certificate.location': certificate }),
    ...(key === undefined ? {} : { 'ssl.key.location': key }),
    ...(keyPassword === undefined ? {} : { 'ssl.key.password': keyPassword }),
  };
}

function saslSettings({ mechanism, username, password }: KafkaSasl): Settings {
  return { 'sasl.mechanisms': mechanism, 'sasl.username': username, 'sasl.password': password };
}
