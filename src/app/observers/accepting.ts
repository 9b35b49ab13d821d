import type { AcceptState } from '../../ports/http.ts';
import type { Context } from '../context.ts';

/** Clients that come back may fill the process again and again: one line a minute says so. */
const REPEAT_AFTER_MS = 60_000;

/** Reports to log and metrics whether a front accepts connections, and remembers why not. */
export function observeAccepting(
  {
    log,
    metrics,
  }: { readonly log: Pick<Context['log'], 'error' | 'info'>; readonly metrics: Pick<Context['metrics'], 'accepting'> },
  now: () => number,
) {
  let reason: string | undefined;
  let loggedAt = Number.NEGATIVE_INFINITY;
  let isLogged = false;
  return {
    onAccepting: ({ accepting, limit, because }: AcceptState): void => {
      metrics.accepting(accepting);
      if (accepting) {
        reason = undefined;
        if (isLogged) log.info('connections are accepted again');
        isLogged = false;
        return;
      }
      reason = because ?? 'no file descriptors are left for connections';
      if (now() - loggedAt < REPEAT_AFTER_MS) return;
      [loggedAt, isLogged] = [now(), true];
      log.error(
        { limit, reason },
        'no more connections are accepted until some are closed: raise the limit (ulimit -n)',
      );
    },
    /** Undefined while connections are accepted. */
    notAccepting: () => reason,
  };
}
