import { ReplyError } from 'ioredis';
import type { FaultCode } from '../../domain/errors.ts';
import { Fault, isFault, messageOf } from '../../domain/errors.ts';

/** Error replies, by their first word, that mean something else than `unavailable`. */
const CODES: Readonly<Record<string, FaultCode>> = {
  NOSCRIPT: 'fenced',
  // Raised by fence.lua.
  FENCED: 'fenced',
  // Raised by the scripts for arguments or values that break their format.
  CORRUPT: 'corrupt',
  WRONGTYPE: 'corrupt',
  CROSSSLOT: 'config',
  NOAUTH: 'config',
  WRONGPASS: 'config',
  NOPERM: 'config',
};

/** Whether Redis replied with an error; otherwise the connection failed. */
export function isReplyError(error: unknown): error is Error {
  return error instanceof ReplyError;
}

/** Whether a call failed because Redis does not know the script, so that nothing was done. */
export function lacksScripts(error: unknown): boolean {
  return isFault(error, 'fenced') && messageOf(error.cause).startsWith('NOSCRIPT');
}

/** Converts an error of ioredis to a Fault. */
export function faultOf(error: unknown): Fault {
  if (isFault(error)) return error;
  const message = messageOf(error);
  if (!isReplyError(error)) return new Fault('unavailable', `Redis: ${message}`, { cause: error });
  const code = CODES[message.slice(0, message.indexOf(' '))] ?? 'unavailable';
  const hint = code === 'fenced' ? `Redis restarted, failed over or was emptied (${message})` : `Redis: ${message}`;
  return new Fault(code, hint, { cause: error });
}
