import { copyFileSync } from 'node:fs';
import { type Connection, connect } from '../../src/adapters/embedded/database.ts';

let copies = 0;

/** What the database's file alone says, as of now. Each look has a copy of its own, beside it: a closed one may live on. */
export function withoutWal<T>(file: string, read: (alone: Connection) => T): T {
  copies += 1;
  const copy = `${file}.copy-${copies}`;
  copyFileSync(file, copy);
  const alone = connect(copy);
  try {
    return read(alone);
  } finally {
    alone.close();
  }
}
