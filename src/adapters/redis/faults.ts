import { ReplyError } from 'ioredis';
import type { FaultCode } from '../../domain/errors.ts';
import { Fault, isFault, messageOf } from '../../domain/errors.ts';

/** The first word of an error reply that says more than that Redis can't serve now. */
const CODES: Readonly<Record<string, FaultCode>> = {
  NOSCRIPT: 'fenced',
  // fence.lua's word.
  FENCED: 'fenced',
  // The scripts' own word for arguments or values that can't be.
  CORRUPT: 'corrupt',
  WRONGTYPE: 'corrupt',
  CROSSSLOT: 'config',
  NOAUTH: 'config',
  WRONGPASS: 'config',
  NOPERM: 'config',
};

/** Redis answered, with an error: a broken connection is something else. */
export function isReplyError(error: unknown): error is Error {
  return error instanceof ReplyError;
}

/** Whether a call failed because Redis doesn't know the scripts: nothing was done. */
export function lacksScripts(error: unknown): boolean {
  return isFault(error, 'fenced') && messageOf(error.cause).startsWith('NOSCRIPT');
}

/** Turns whatever ioredis threw into a Fault. */
export function faultOf(error: unknown): Fault {
  if (isFault(error)) return error;
  const message = messageOf(error);
  if (!isReplyError(error)) return new Fault('unavailable', `Redis: ${message}`, { cause: error });
  const code = CODES[message.slice(0, message.indexOf(' '))] ?? 'unavailable';
  const hint = code === 'fenced' ? `Redis restarted, failed over or was emptied (${message})` : `Redis: ${message}`;
  return new Fault(code, hint, { cause: error });
}
