import type { RoleObserver } from '../../roles/runtime.ts';
import type { Log } from '../../telemetry/log.ts';

/** What every role reports, in the log. */
export function logStreamFailures(log: Pick<Log, 'error'>): RoleObserver {
  return {
    streamFailed: (stream, err) => log.error({ err, stream }, 'a stream failed and is subscribed again'),
  };
}
