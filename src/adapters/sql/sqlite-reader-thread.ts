/** The thread of sqlite-reader.ts: reads rows over a connection of its own. */

import { parentPort, workerData } from 'node:worker_threads';
import Database from 'libsql';
import { messageOf } from '../../domain/errors.ts';
import { codeOf } from './faults.ts';
import { BUSY_TIMEOUT_MS } from './sqlite-options.ts';
import type { ReadReply, ReadRequest } from './sqlite-reader.ts';

const port = parentPort;
if (port === null) throw new Error('this file runs as a worker thread');

/** Opened by the first read, whose caller gets the error if the file can't be opened. */
let database: Database.Database | undefined;

function read([id, sql, params]: ReadRequest): ReadReply {
  try {
    database ??= open(workerData as string);
    return [id, database.prepare(sql).all([...params])];
  } catch (error) {
    return [id, undefined, { message: messageOf(error), code: codeOf(error) }];
  }
}

function open(file: string): Database.Database {
  const opened = new Database(file);
  opened.pragma(`busy_timeout = ${BUSY_TIMEOUT_MS}`);
  opened.pragma('query_only = ON');
  return opened;
}

port.on('message', (request: ReadRequest | null) => {
  if (request !== null) return port.postMessage(read(request));
  database?.close();
  port.close();
});
