import type { RoleObserver } from '../../roles/runtime.ts';
import type { Log } from '../../telemetry/log.ts';

/** Logs what every role reports. */
export function logStreamFailures(log: Pick<Log, 'error'>): RoleObserver {
  return {
    streamFailed: (stream, err) => log.error({ err, stream }, 'a stream failed and is subscribed again'),
  };
}
