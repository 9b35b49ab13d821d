const NO_AOF = /^aof_enabled:0/m;
const HAS_REPLICAS = /^connected_slaves:[1-9]/m;
/** Redis reports how many replicas are in time only where it requires some. */
const REQUIRES_REPLICAS = /^min_slaves_good_slaves:/m;

const NO_FILE =
  'Redis keeps no append-only file: after a restart each sale stands still until it is rebuilt from the database, set appendonly yes';
const NO_MINIMUM =
  'Redis has replicas and goes on without them: a master that is cut off would sell tickets that its successor sells again, ' +
  'set min-replicas-to-write 1 and min-replicas-max-lag 2';

/**
 * What to change in a Redis whose reply to `INFO persistence` and `INFO replication` this is. It sells either way: what it loses
 * is found and rebuilt (docs/recovery.md), at the price of a pause. A server that does not report a setting is not blamed for it.
 */
export function durabilityWarnings(info: string): readonly string[] {
  return [
    ...(NO_AOF.test(info) ? [NO_FILE] : []),
    ...(HAS_REPLICAS.test(info) && !REQUIRES_REPLICAS.test(info) ? [NO_MINIMUM] : []),
  ];
}
