import { MongoError } from 'mongodb';
import { Fault, isFault, messageOf } from '../../domain/errors.ts';

/** MongoDB's own code for a write that would double a unique key. */
export const DUPLICATE_KEY = 11_000;

/** What the driver and the server call an answer that did not come in time. */
const TIMEOUT = /timeout|timed ?out|MaxTimeMSExpired/i;

/** Turns whatever the driver threw into a Fault. Not a refused login either is for ever: live state is waited for. */
export function faultOf(error: unknown): Fault {
  if (isFault(error)) return error;
  const message = messageOf(error);
  // Choosing a server times out as well, when there is none to be reached.
  const late = error instanceof MongoError && !/ServerSelection/.test(error.name) && TIMEOUT.test(error.name + message);
  return new Fault(late ? 'timeout' : 'unavailable', `MongoDB: ${message}`, { cause: error });
}
