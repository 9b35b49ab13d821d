import type { Log } from '../../telemetry/log.ts';

/** While it lasts, an outage is reported again this often, with what has failed meanwhile. */
const REPEAT_MS = 60_000;

/** Without a failure for this long it is over: single calls succeed in the middle of one. */
const QUIET_MS = 5_000;

interface Outage {
  since: number;
  last: number;
  reported: number;
  /** Failures that no line has reported. */
  unreported: number;
}

export interface OutageLog {
  /** `count`: requests that failed with it. */
  failed(err: unknown, fields: Readonly<Record<string, unknown>>, count?: number): void;
  succeeded(): void;
}

/**
 * One line, with a stack, for the first failure of an outage, and a count for the others: at full load each of thousands of
 * batches a second fails, and their lines would fill a disk within minutes. `message` says what has failed; `now` is
 * monotonic, milliseconds.
 */
export function logOutage(log: Pick<Log, 'warn' | 'info'>, message: string, now: () => number): OutageLog {
  let outage: Outage | undefined;

  const isOver = (at: number): boolean => outage !== undefined && at - outage.last > QUIET_MS;
  const end = (): void => {
    if (outage === undefined) return;
    const { since, last, unreported } = outage;
    outage = undefined;
    if (unreported > 0) log.info({ failed: unreported, forMs: Math.round(last - since) }, `${message}: over`);
  };

  return {
    failed: (err, fields, count = 1) => {
      const at = now();
      if (isOver(at)) end();
      if (outage === undefined) {
        outage = { since: at, last: at, reported: at, unreported: 0 };
        log.warn({ err, ...fields }, message);
        return;
      }
      outage.last = at;
      outage.unreported += count;
      if (at - outage.reported < REPEAT_MS) return;
      log.warn({ err, failed: outage.unreported, forMs: Math.round(at - outage.since) }, message);
      outage.reported = at;
      outage.unreported = 0;
    },
    succeeded: () => {
      if (outage !== undefined && isOver(now())) end();
    },
  };
}
