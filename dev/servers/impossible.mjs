/**
 * This machine can't run a server, and says what it would need. A test runner counts what depends on it as
 * skipped; any other error is a failure.
 */
export class Impossible extends Error {
  name = 'Impossible';
  code = 'SERVERS_IMPOSSIBLE';
}
