import type Database from 'libsql';
import { Fault } from '../../domain/errors.ts';
import { LIVE_REBUILT, LIVE_SCHEMA } from './ops/live/schema.ts';
import { LOG_REPLAYED, LOG_SCHEMA } from './ops/log/schema.ts';
import {
  QUEUE_ATTEMPTS,
  QUEUE_CHANGES,
  QUEUE_HOLDINGS,
  QUEUE_OWN_KEYS,
  QUEUE_REMOVED,
  QUEUE_SCHEMA,
  QUEUE_SEVERAL,
} from './ops/queue/schema.ts';

/**
 * Step n upgrades a file from version n to n + 1; PRAGMA user_version holds the version. Append steps, never change one. The
 * tables of the order store are not here: they are created by MikroORM's migrations.
 */
const STEPS: readonly string[] = [
  QUEUE_SCHEMA + LOG_SCHEMA + LIVE_SCHEMA,
  LOG_REPLAYED,
  QUEUE_ATTEMPTS,
  QUEUE_OWN_KEYS,
  LIVE_REBUILT,
  QUEUE_HOLDINGS,
  QUEUE_CHANGES,
  QUEUE_SEVERAL,
  QUEUE_REMOVED,
];

/** Errors: Fault `config` if the file was written by a later release. */
export function migrateSchema(database: Database.Database): void {
  if (versionOf(database) === STEPS.length) return;
  database.exec('BEGIN IMMEDIATE');
  try {
    const version = versionOf(database);
    if (version > STEPS.length) {
      throw new Fault(
        'config',
        `the database file has schema ${version}, this release supports schemas up to ${STEPS.length}`,
      );
    }
    for (const step of STEPS.slice(version)) database.exec(step);
    database.exec(`PRAGMA user_version = ${STEPS.length}`);
    database.exec('COMMIT');
  } catch (error) {
    if (database.inTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

function versionOf(database: Database.Database): number {
  return (database.prepare('PRAGMA user_version').get([]) as { user_version: number }).user_version;
}
