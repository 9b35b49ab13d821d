import { Redis } from 'ioredis';
import { Fault } from '../../domain/errors.ts';
import { faultOf } from './faults.ts';
import { soundKey } from './keys.ts';
import { CONNECTION_OPTIONS } from './options.ts';
import { SCRIPTS } from './scripts.ts';

const RUN_ID = /^run_id:(\w+)/m;

export interface PrepareOptions {
  readonly url: string;
  readonly prefix: string;
  readonly timeoutMs: number;
  /** It is known to be sound, whatever the key says: somebody has recovered it. @default false */
  readonly declareSound?: boolean;
}

/**
 * Loads the scripts, if and only if that doesn't lift the fence: a Redis that restarted or was failed over to may have
 * lost its last writes, and has no scripts. Before the first script is loaded, a key is set to the run_id of that
 * Redis, which changes with each start and differs on each replica. Later
 *
 * - the key names this run_id: nothing was lost since. Scripts that are missing are new or were flushed: load them.
 * - the key is not there: nothing was ever written under the prefix, or everything is gone. Load them; no sale is
 *   known, so nothing can be sold before somebody loads one, which is for whoever knows that it has sold nothing yet.
 * - the key names another run_id: what the keys say may be behind what buyers were told. Refused: recovery has to
 *   rebuild them first, and then declare it sound, which sets the key.
 *
 * It works on one connection that is not renewed, so that all of it happens to one incarnation.
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
  // What goes wrong rejects connect() or a command; an error event without a listener is printed.
  let reason: unknown;
  redis.on('error', (error) => {
    reason = error;
  });
  try {
    await redis.connect();
    const runId = RUN_ID.exec(await redis.info('server'))?.[1];
    if (runId === undefined) throw new Fault('unavailable', 'Redis does not tell its run_id');
    await (declareSound ? redis.set(soundKey(prefix), runId) : redis.set(soundKey(prefix), runId, 'NX'));
    if ((await redis.get(soundKey(prefix))) !== runId) {
      throw new Fault(
        'fenced',
        'Redis restarted or failed over since its state was last known to be sound: recover it',
      );
    }
    await Promise.all(Object.values(SCRIPTS).map(({ source }) => redis.script('LOAD', source)));
  } catch (error) {
    throw faultOf(reason ?? error);
  } finally {
    redis.disconnect();
  }
}
