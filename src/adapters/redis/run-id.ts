import { Fault } from '../../domain/errors.ts';

const RUN_ID = /^run_id:(\w+)/m;

/**
 * The run_id in the reply to `INFO server`. It names an incarnation of Redis: it changes with each start and differs on
 * each replica. Errors: Fault `unavailable`.
 */
export function runIdIn(info: unknown): string {
  const runId = RUN_ID.exec(String(info))?.[1];
  if (runId === undefined) throw new Fault('unavailable', 'Redis does not report its run_id');
  return runId;
}
