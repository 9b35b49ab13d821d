import { messageOf } from '../../domain/errors.ts';
import type { AcceptState } from '../../ports/http.ts';
import { type Descriptors, processDescriptors } from './descriptors.ts';

export interface AcceptGateOptions {
  /** Closes the listen socket. */
  readonly pause: () => void;
  /** Listens again on the same address. */
  readonly resume: () => Promise<void>;
  readonly onAccepting?: ((state: AcceptState) => void) | undefined;
  /** @default those of this process */
  readonly descriptors?: Descriptors;
}

export interface AcceptGate {
  /** Whether the listen socket is closed for now. */
  readonly paused: boolean;
  /** Ends the watch. A socket that is just being opened is closed by the caller's `pause`. */
  stop(): void;
}

/** A burst that takes all descriptors within this occupies a processor no longer than this. */
const CHECK_EVERY_MS = 100;

/** Checks from a pause to the first attempt to accept again: clients come back at once, and each switch costs some of them. */
const PAUSED_CHECKS = 10;

/**
 * Left for what is no client's connection: those to servers, the database's files, /metrics' own port. A small limit leaves
 * an eighth.
 */
const RESERVE = 64;

/**
 * Stops accepting connections while the process is short of file descriptors, and accepts again when twice the reserve is
 * free. At the limit each attempt to accept fails and is repeated at once: uWebSockets.js takes a whole processor for it, and
 * node:http cuts the connection without a word. A closed port lets a load balancer go elsewhere.
 */
export function watchDescriptors({
  pause,
  resume,
  onAccepting,
  descriptors = processDescriptors(),
}: AcceptGateOptions): AcceptGate {
  const { limit } = descriptors;
  const reserve = Math.min(RESERVE, Math.floor((limit ?? Number.POSITIVE_INFINITY) / 8));
  let paused = false;
  let checks = 0;
  let resuming = false;
  let stopped = false;

  const isShort = (): boolean => {
    const lowest = descriptors.lowestFree();
    return lowest === undefined || (limit !== undefined && lowest >= limit - reserve);
  };

  const reopen = async (): Promise<void> => {
    resuming = true;
    try {
      await resume();
      paused = false;
      if (stopped) pause();
      else onAccepting?.({ accepting: true, limit });
    } catch (error) {
      onAccepting?.({ accepting: false, limit, because: messageOf(error) });
    } finally {
      resuming = false;
    }
  };

  const check = (): void => {
    checks += 1;
    if (!paused && isShort()) {
      pause();
      [paused, checks] = [true, 0];
      onAccepting?.({ accepting: false, limit });
    }
    if (paused && !resuming && checks >= PAUSED_CHECKS) {
      checks = 0;
      if (descriptors.hasFree(2 * reserve)) void reopen();
    }
  };

  const timer = setInterval(check, CHECK_EVERY_MS);
  timer.unref();
  return {
    get paused() {
      return paused;
    },
    stop: () => {
      stopped = true;
      clearInterval(timer);
    },
  };
}
