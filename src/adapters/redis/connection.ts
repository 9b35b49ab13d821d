import { Redis } from 'ioredis';
import { Fault, isFault, messageOf } from '../../domain/errors.ts';
import { faultOf, isReplyError } from './faults.ts';
import { CALL_TIMEOUT_MS, CONNECTION_OPTIONS } from './options.ts';

export interface ConnectionOptions {
  /** redis:// or rediss://, with a user, a password and a database where needed. */
  readonly url: string;
  /** A call takes no longer, its second attempt included. Milliseconds. @default 1000 */
  readonly timeoutMs?: number;
  /** Told when the connection is made and when it is lost or can't be made, with the reason if there is one. */
  readonly onState?: (state: 'up' | 'down', reason: string) => void;
}

/** A command's arguments, or what makes them for the Redis that they are sent to, of which only the run_id is known. */
export type Args = readonly (string | number)[] | ((runId: string) => readonly (string | number)[]);

export interface Connection {
  /**
   * Sends a command that may safely run twice: if the connection breaks before the answer, it is sent once more.
   * Errors: Fault `unavailable` or `timeout` (what happened is unknown), `fenced`, `corrupt`, `config`.
   */
  call(command: string, args: Args, timeoutMs?: number): Promise<unknown>;
  /** Ends the connection; calls in flight fail. */
  disconnect(): void;
}

/** How long a call waits for a connection that is away: a short cut is bridged, an outage is told soon. */
const RECONNECT_WAIT_MS = 250;

const RUN_ID = /^run_id:(\w+)/m;

/** One connection that was made: it reaches one incarnation of Redis, from its beginning to its end. */
interface Line {
  readonly runId: string;
  /** It proved useless: ioredis takes a moment to notice. */
  useless: boolean;
}

export function connectRedis({ url, timeoutMs = CALL_TIMEOUT_MS, onState }: ConnectionOptions): Connection {
  const redis = new Redis(url, CONNECTION_OPTIONS);
  let reason = 'not connected yet';
  let current: Line | undefined;
  let closed = false;
  const waiting = new Set<(line: Line) => void>();

  redis.on('ready', async () => {
    try {
      const runId = RUN_ID.exec(String(await answered('INFO', ['server'], timeoutMs)))?.[1];
      if (runId === undefined) throw new Error('Redis does not tell its run_id');
      const line = { runId, useless: false };
      current = line;
      onState?.('up', '');
      for (const go of waiting) go(line);
    } catch (error) {
      reason = messageOf(error);
      // It may have been cut off meanwhile, and is then made anew already.
      if (redis.status === 'ready') redis.disconnect(true);
    }
  });
  redis.on('error', (error) => {
    reason = messageOf(error);
  });
  redis.on('close', () => {
    current = undefined;
    if (!closed) onState?.('down', reason);
  });

  async function connected(limitMs: number): Promise<Line> {
    if (current !== undefined && !current.useless) return current;
    return new Promise<Line>((resolve, reject) => {
      const go = (line: Line) => {
        clearTimeout(timer);
        waiting.delete(go);
        resolve(line);
      };
      const timer = setTimeout(() => {
        waiting.delete(go);
        reject(new Fault('unavailable', `Redis can't be reached: ${reason}`));
      }, limitMs);
      waiting.add(go);
    });
  }

  /** Nothing tells a slow server from a dead line: whoever comes next gets a new one. */
  function giveUp(line: Line): void {
    if (line.useless || line !== current) return;
    line.useless = true;
    redis.disconnect(true);
  }

  async function answered(command: string, args: readonly (string | number)[], limitMs: number): Promise<unknown> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        reject(new Fault('timeout', `Redis did not answer ${command} in time`));
      }, limitMs);
    });
    const answer = redis.call(command, args as (string | number)[]);
    try {
      return await Promise.race([answer, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  async function attempt(line: Line, command: string, args: Args, limitMs: number): Promise<unknown> {
    try {
      return await answered(command, typeof args === 'function' ? args(line.runId) : args, limitMs);
    } catch (error) {
      if (!isReplyError(error)) giveUp(line);
      throw error;
    }
  }

  return {
    async call(command, args, limitMs = timeoutMs) {
      const end = performance.now() + limitMs;
      const left = () => Math.max(1, end - performance.now());
      const line = await connected(Math.min(RECONNECT_WAIT_MS, limitMs));
      try {
        return await attempt(line, command, args, left());
      } catch (error) {
        if (isReplyError(error) || isFault(error)) throw faultOf(error);
      }
      return attempt(await connected(left()), command, args, left()).catch((error: unknown) => {
        throw faultOf(error);
      });
    },
    disconnect: () => {
      closed = true;
      redis.disconnect();
    },
  };
}
