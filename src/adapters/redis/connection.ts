import { Redis } from 'ioredis';
import { Fault, isFault } from '../../domain/errors.ts';
import { withTimeLimit } from '../../resilience/time-limit.ts';
import { connectionProblem } from './connection-problem.ts';
import { faultOf, isReplyError } from './faults.ts';
import { CALL_TIMEOUT_MS, CONNECTION_OPTIONS } from './options.ts';
import { runIdIn } from './run-id.ts';

export interface ConnectionOptions {
  /** redis:// or rediss://, with a user, a password and a database where needed. */
  readonly url: string;
  /** Limit of a call, its second attempt included. Milliseconds. @default 1000 */
  readonly timeoutMs?: number;
  /** Called when the connection is established, and when it is lost or can't be established, with the reason if known. */
  readonly onState?: (state: 'up' | 'down', reason: string) => void;
}

/** A command's arguments, or a function that makes them for the incarnation (run_id) of Redis that they are sent to. */
export type Args = readonly (string | number)[] | ((runId: string) => readonly (string | number)[]);

export interface Connection {
  /**
   * Sends a command that may safely run twice: if the connection breaks before the reply, it is sent once more.
   * Errors: Fault `unavailable` or `timeout` (whether it ran is unknown), `fenced`, `corrupt`, `config`.
   */
  call(command: string, args: Args, timeoutMs?: number): Promise<unknown>;
  /** Ends the connection; calls in flight fail. */
  disconnect(): void;
}

/** How long a call waits for a lost connection: a short interruption is bridged, an outage is reported soon. */
const RECONNECT_WAIT_MS = 250;

export function connectRedis({ url, timeoutMs = CALL_TIMEOUT_MS, onState }: ConnectionOptions): Connection {
  const redis = new Redis(url, CONNECTION_OPTIONS);
  const sessions = new Sessions(redis, { url, timeoutMs, ...(onState === undefined ? {} : { onState }) });

  async function attempt(session: Session, command: string, args: Args, limitMs: number): Promise<unknown> {
    try {
      return await send(redis, command, typeof args === 'function' ? args(session.runId) : args, limitMs);
    } catch (error) {
      if (!isReplyError(error)) sessions.drop(session);
      throw error;
    }
  }

  return {
    async call(command, args, limitMs = timeoutMs) {
      const end = performance.now() + limitMs;
      const left = () => Math.max(1, end - performance.now());
      const session = await sessions.current(Math.min(RECONNECT_WAIT_MS, limitMs));
      try {
        return await attempt(session, command, args, left());
      } catch (error) {
        if (isReplyError(error) || isFault(error)) throw faultOf(error);
      }
      return attempt(await sessions.current(left()), command, args, left()).catch((error: unknown) => {
        throw faultOf(error);
      });
    },
    disconnect: () => sessions.close(),
  };
}

/** One established connection. It reaches a single incarnation of Redis. */
interface Session {
  readonly runId: string;
  /** A call failed on it, which ioredis has not noticed yet. */
  broken: boolean;
}

/** The successive sessions of one client, which reconnects by itself. */
class Sessions {
  readonly #redis: Redis;
  readonly #url: string;
  readonly #timeoutMs: number;
  readonly #onState: ConnectionOptions['onState'];
  readonly #waiting = new Set<(session: Session) => void>();
  #current: Session | undefined;
  #reason = 'not connected yet';
  #closed = false;

  constructor(redis: Redis, { url, timeoutMs = CALL_TIMEOUT_MS, onState }: ConnectionOptions) {
    this.#redis = redis;
    this.#url = url;
    this.#timeoutMs = timeoutMs;
    this.#onState = onState;
    redis.on('ready', () => this.#begin());
    redis.on('error', (error) => {
      this.#reason = connectionProblem(url, error);
    });
    redis.on('close', () => {
      this.#current = undefined;
      if (!this.#closed) this.#onState?.('down', this.#reason);
    });
  }

  /** The session to send through, or the next one. Errors: Fault `unavailable` when there is none within the limit. */
  async current(limitMs: number): Promise<Session> {
    if (this.#current !== undefined && !this.#current.broken) return this.#current;
    let proceed: (session: Session) => void = () => {};
    const next = new Promise<Session>((resolve) => {
      proceed = resolve;
      this.#waiting.add(proceed);
    });
    return withTimeLimit(next, {
      ms: limitMs,
      onLate: () => {
        this.#waiting.delete(proceed);
        throw new Fault('unavailable', `Redis can't be reached: ${this.#reason}`);
      },
    });
  }

  /** A slow server can't be distinguished from a dead connection, so the next call gets a new one. */
  drop(session: Session): void {
    if (session.broken || session !== this.#current) return;
    session.broken = true;
    this.#redis.disconnect(true);
  }

  close(): void {
    this.#closed = true;
    this.#redis.disconnect();
  }

  async #begin(): Promise<void> {
    try {
      const session = { runId: runIdIn(await send(this.#redis, 'INFO', ['server'], this.#timeoutMs)), broken: false };
      this.#current = session;
      this.#onState?.('up', '');
      const waiting = [...this.#waiting];
      this.#waiting.clear();
      for (const proceed of waiting) proceed(session);
    } catch (error) {
      this.#reason = connectionProblem(this.#url, error);
      // Otherwise it was lost in the meantime, and ioredis is reconnecting already.
      if (this.#redis.status === 'ready') this.#redis.disconnect(true);
    }
  }
}

/** Errors: Fault `timeout`, whatever ioredis rejects with. */
function send(redis: Redis, command: string, args: readonly (string | number)[], limitMs: number): Promise<unknown> {
  return withTimeLimit(redis.call(command, args as (string | number)[]), {
    ms: limitMs,
    onLate: () => {
      throw new Fault('timeout', `Redis did not answer ${command} in time`);
    },
  });
}
