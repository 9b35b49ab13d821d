import { MongoError } from 'mongodb';
import { Fault, isFault, messageOf } from '../../domain/errors.ts';

/** MongoDB's error code for a write that would duplicate a unique key. */
export const DUPLICATE_KEY = 11_000;

/** How the driver and the server name timeouts. */
const TIMEOUT = /timeout|timed ?out|MaxTimeMSExpired/i;

/** Converts an error of the driver to a Fault. All are retryable, a rejected login too: writers of live state wait. */
export function faultOf(error: unknown): Fault {
  if (isFault(error)) return error;
  const message = messageOf(error);
  // Server selection times out as well when no server can be reached, which is not a late answer.
  const late = error instanceof MongoError && !/ServerSelection/.test(error.name) && TIMEOUT.test(error.name + message);
  return new Fault(late ? 'timeout' : 'unavailable', `MongoDB: ${message}`, { cause: error });
}
