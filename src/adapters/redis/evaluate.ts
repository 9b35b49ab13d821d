import { lacksScripts } from './faults.ts';
import { keysOf } from './keys.ts';
import type { ScriptName } from './scripts.ts';
import { SCRIPTS } from './scripts.ts';
import type { RedisServers } from './servers.ts';

/** Runs a script, behind its fence, on the sale's Redis. Errors: as `Connection.call`. */
export type Evaluate = (name: ScriptName, saleId: string, args: readonly (string | number)[]) => Promise<unknown>;

export interface EvaluateOptions {
  readonly servers: RedisServers;
  readonly prefix: string;
  readonly onScriptsMissing?: (() => void) | undefined;
}

/** Uses EVALSHA and never EVAL: that Redis does not know a script is the fence of a queue that may have lost writes. */
export function createEvaluate({ servers, prefix, onScriptsMissing }: EvaluateOptions): Evaluate {
  return async (name, saleId, args) => {
    const { sha, keys } = SCRIPTS[name];
    const own = [sha, keys.length, ...keysOf(prefix, saleId, keys), ...args];
    try {
      return await servers.call(saleId, 'EVALSHA', (runId) => [...own, runId]);
    } catch (error) {
      if (lacksScripts(error)) onScriptsMissing?.();
      throw error;
    }
  };
}
