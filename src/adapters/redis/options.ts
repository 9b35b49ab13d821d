import type { RedisOptions } from 'ioredis';

/** Half of a purchase's deadline of 2 s: the order log needs the other half. */
export const CALL_TIMEOUT_MS = 1000;

/** An address that does not answer is tried again rather than waited for. */
const CONNECT_TIMEOUT_MS = 2000;

/** A dropped connection can mostly be replaced at once; an unavailable server is tried at most about once a second. */
const FIRST_RETRY_MS = 10;
const LAST_RETRY_MS = 1000;

/** Idle connections die silently behind some firewalls. */
const KEEP_ALIVE_MS = 10_000;

/** A dead connection never acknowledges its end, and ioredis reconnects only after waiting for that. */
const DISCONNECT_TIMEOUT_MS = 50;

/**
 * By default ioredis resends commands that were in flight when a connection broke, and queues commands while there is
 * none: a purchase might run twice, or long after its buyer was answered that it failed. Only connection.ts decides what
 * is sent again.
 */
export const CONNECTION_OPTIONS = {
  autoResendUnfulfilledCommands: false,
  maxRetriesPerRequest: 0,
  enableOfflineQueue: false,
  connectTimeout: CONNECT_TIMEOUT_MS,
  disconnectTimeout: DISCONNECT_TIMEOUT_MS,
  keepAlive: KEEP_ALIVE_MS,
  retryStrategy: (attempt: number) => Math.min(FIRST_RETRY_MS * 2 ** (attempt - 1), LAST_RETRY_MS),
  // The master was demoted: reconnect, to where the host name or the sentinel now points.
  reconnectOnError: (error: Error) => error.message.startsWith('READONLY'),
} as const satisfies RedisOptions;
