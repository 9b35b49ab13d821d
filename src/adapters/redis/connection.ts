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

export interface Connection {
  /**
   * Sends a command that may safely run twice: if the connection breaks before the answer, it is sent once more.
   * Errors: Fault `unavailable` or `timeout` (what happened is unknown), `fenced`, `corrupt`, `config`.
   */
  call(command: string, args: readonly (string | number)[], timeoutMs?: number): Promise<unknown>;
  /** Ends the connection; calls in flight fail. */
  disconnect(): void;
}

/** How long a call waits for a connection that is away: a short cut is bridged, an outage is told soon. */
const RECONNECT_WAIT_MS = 250;

export function connectRedis({ url, timeoutMs = CALL_TIMEOUT_MS, onState }: ConnectionOptions): Connection {
  const redis = new Redis(url, CONNECTION_OPTIONS);
  let reason = 'not connected yet';
  /** Which connection it is, and the last one that proved useless: ioredis takes a moment to notice. */
  let current = 0;
  let useless = 0;
  const waiting = new Set<() => void>();

  redis.on('ready', () => {
    current += 1;
    onState?.('up', '');
    for (const go of waiting) go();
  });
  redis.on('error', (error) => {
    reason = messageOf(error);
  });
  redis.on('close', () => onState?.('down', reason));

  async function connected(limitMs: number): Promise<void> {
    if (redis.status === 'ready' && current > useless) return;
    await new Promise<void>((resolve, reject) => {
      const go = () => {
        clearTimeout(timer);
        waiting.delete(go);
        resolve();
      };
      const timer = setTimeout(() => {
        waiting.delete(go);
        reject(new Fault('unavailable', `Redis can't be reached: ${reason}`));
      }, limitMs);
      waiting.add(go);
    });
  }

  /** Nothing tells a slow server from a dead line: whoever comes next gets a new one. */
  function giveUp(which: number): void {
    if (which <= useless) return;
    useless = which;
    redis.disconnect(true);
  }

  async function attempt(command: string, args: readonly (string | number)[], limitMs: number): Promise<unknown> {
    const sentOn = current;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        reject(new Fault('timeout', `Redis did not answer ${command} in time`));
      }, limitMs);
    });
    const answer = redis.call(command, args as (string | number)[]);
    try {
      return await Promise.race([answer, late]);
    } catch (error) {
      if (!isReplyError(error)) giveUp(sentOn);
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  return {
    async call(command, args, limitMs = timeoutMs) {
      const end = performance.now() + limitMs;
      const left = () => Math.max(1, end - performance.now());
      await connected(Math.min(RECONNECT_WAIT_MS, limitMs));
      try {
        return await attempt(command, args, left());
      } catch (error) {
        if (isReplyError(error) || isFault(error)) throw faultOf(error);
      }
      await connected(left());
      return attempt(command, args, left()).catch((error: unknown) => {
        throw faultOf(error);
      });
    },
    disconnect: () => redis.disconnect(),
  };
}
