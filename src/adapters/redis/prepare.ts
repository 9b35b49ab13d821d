import { Redis } from 'ioredis';
import { Fault } from '../../domain/errors.ts';
import { assertKeepsKeys } from './eviction.ts';
import { faultOf } from './faults.ts';
import { soundKey } from './keys.ts';
import { CONNECTION_OPTIONS } from './options.ts';
import { runIdIn } from './run-id.ts';
import { LOADED_SCRIPTS } from './scripts.ts';

export interface PrepareOptions {
  readonly url: string;
  readonly prefix: string;
  readonly timeoutMs: number;
  /** Overwrites the key that names the sound incarnation: a recovery has just rebuilt the state. @default false */
  readonly declareSound?: boolean;
}

/**
 * Loads the scripts, if and only if that does not lift the fence: a Redis that restarted or failed over may have lost its
 * last writes, and has no scripts. Before the first script is loaded, a key is set to the run_id of that Redis, which
 * changes with each start and differs on each replica. Later
 *
 * - the key names this run_id: nothing was lost since. Missing scripts are new or were flushed, and are loaded.
 * - the key does not exist: nothing was ever written under the prefix, or everything was lost. The scripts are loaded. No
 *   sale is known, so nothing can be sold before one is loaded, which a caller may do only if it knows that nothing of
 *   the sale was sold yet.
 * - the key names another run_id: the state may be older than what buyers were answered. Nothing is loaded: recovery has
 *   to rebuild the state first, and then declare it sound, which sets the key.
 *
 * It uses one connection that never reconnects, so that all steps reach the same incarnation.
 *
 * Errors: Fault `fenced` when the sale needs recovery, `unavailable`, `timeout`, `config`.
 */
export async function prepareScripts({ url, prefix, timeoutMs, declareSound }: PrepareOptions): Promise<void> {
  const redis = new Redis(url, {
    ...CONNECTION_OPTIONS,
    commandTimeout: timeoutMs,
    lazyConnect: true,
    retryStrategy: () => null,
    reconnectOnError: () => false,
  });
  // Errors reject connect() or a command as well, but ioredis prints error events that have no listener.
  let reason: unknown;
  redis.on('error', (error) => {
    reason = error;
  });
  try {
    await redis.connect();
    assertKeepsKeys(await redis.info('memory'));
    const runId = runIdIn(await redis.info('server'));
    await (declareSound ? redis.set(soundKey(prefix), runId) : redis.set(soundKey(prefix), runId, 'NX'));
    if ((await redis.get(soundKey(prefix))) !== runId) {
      throw new Fault(
        'fenced',
        'Redis restarted or failed over since its state was last known to be sound: recover it',
      );
    }
    await Promise.all(LOADED_SCRIPTS.map(({ source }) => redis.script('LOAD', source)));
  } catch (error) {
    throw faultOf(reason ?? error);
  } finally {
    redis.disconnect();
  }
}
