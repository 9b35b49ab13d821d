import type { RedisOptions } from 'ioredis';

/** Half of a purchase's deadline of 2 s: the order log needs the other half. */
export const CALL_TIMEOUT_MS = 1000;

/** An address that nobody answers at is tried again rather than waited for. */
const CONNECT_TIMEOUT_MS = 2000;

/** A dropped connection is most often back at once; a server that is away is not asked more than once a second. */
const FIRST_RETRY_MS = 10;
const LAST_RETRY_MS = 1000;

/** Idle connections die silently behind some firewalls. */
const KEEP_ALIVE_MS = 10_000;

/** A dead line never answers our goodbye; the next connection is made only after it was waited for. */
const GOODBYE_MS = 50;

/**
 * ioredis' defaults resend what was in flight when a connection broke, and keep commands while there is none: a
 * purchase might run twice, or long after its buyer was told that it failed. What is sent again is decided in
 * connection.ts.
 */
export const CONNECTION_OPTIONS = {
  autoResendUnfulfilledCommands: false,
  maxRetriesPerRequest: 0,
  enableOfflineQueue: false,
  connectTimeout: CONNECT_TIMEOUT_MS,
  disconnectTimeout: GOODBYE_MS,
  keepAlive: KEEP_ALIVE_MS,
  retryStrategy: (attempt: number) => Math.min(FIRST_RETRY_MS * 2 ** (attempt - 1), LAST_RETRY_MS),
  // A master that was demoted: connect anew, to where the name or the sentinel now points.
  reconnectOnError: (error: Error) => error.message.startsWith('READONLY'),
} as const satisfies RedisOptions;
