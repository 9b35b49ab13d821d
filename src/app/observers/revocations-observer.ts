import type { RevocationsObserver } from '../../roles/front/revocations.ts';
import type { Context } from '../context.ts';
import { logStreamFailures } from './log-stream-failures.ts';

/** Writes to the log whether the revoked tokens can be read. */
export function createRevocationsObserver({ log }: Pick<Context, 'log'>): RevocationsObserver {
  let isUnreadable = false;
  return {
    ...logStreamFailures(log),
    revocationsUnreadable: (err) => {
      // Once an outage: the store is retried several times a second.
      if (err !== undefined && !isUnreadable)
        log.warn({ err }, 'the revoked tokens could not be read; those known so far stay refused');
      isUnreadable = err !== undefined;
    },
  };
}
