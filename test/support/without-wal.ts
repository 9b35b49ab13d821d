import { copyFileSync } from 'node:fs';
import { type Connection, connect } from '../../src/adapters/embedded/database.ts';

let copies = 0;

/** Reads the database file without its WAL: a new copy each time, because the driver may close an earlier one later. */
export function withoutWal<T>(file: string, read: (database: Connection) => T): T {
  copies += 1;
  const copy = `${file}.copy-${copies}`;
  copyFileSync(file, copy);
  const database = connect(copy);
  try {
    return read(database);
  } finally {
    database.close();
  }
}
