import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type TempFolder, tempFolder } from '../../../test/support/temp-folder.ts';
import { withoutWal } from '../../../test/support/without-wal.ts';
import { Checkpoints } from './checkpoints.ts';
import { type Connection, connect } from './database.ts';

const PAGE_BYTES = 4096;
/** More than half a page, so that each row takes a page of its own. */
const ROW_BYTES = 3000;

describe('checkpoints', () => {
  let folder: TempFolder;
  let file: string;
  let db: Connection;
  let checkpoints: Checkpoints;

  beforeEach(async () => {
    folder = await tempFolder();
    file = join(folder.path, 'test.db');
    db = connect(file);
    db.run('CREATE TABLE things (id INTEGER PRIMARY KEY, body BLOB)');
    checkpoints = new Checkpoints(db, file);
  });
  afterEach(async () => {
    vi.useRealTimers();
    await checkpoints.close();
    db.close();
    await folder.remove();
  });

  const write = (count: number): void => {
    for (let n = 0; n < count; n += 1) db.run('INSERT INTO things (body) VALUES (randomblob(?))', ROW_BYTES);
  };
  const countIn = (one: Connection): number => one.get<{ n: number }>('SELECT count(*) AS n FROM things')?.n ?? 0;
  const walBytes = async (): Promise<number> => (await stat(`${file}-wal`)).size;

  /** Rows in the database file itself. */
  const checkpointed = (): number => withoutWal(file, countIn);

  it('copy all that was committed into the database file', async () => {
    write(50);
    await checkpoints.run();
    expect(checkpointed()).toBe(50);
  });

  it('leave few pages for the engine itself to copy', async () => {
    write(50);
    let before = 0;
    const engine: Connection = {
      ...db,
      get: (sql) => {
        before = checkpointed();
        return db.get(sql);
      },
    };
    const checkpointsOfEngine = new Checkpoints(engine, file);
    await checkpointsOfEngine.run();
    await checkpointsOfEngine.close();
    expect(before).toBe(50);
  });

  it('let SQLite restart the WAL while the engine goes on', async () => {
    let rows = 0;
    for (let round = 0; round < 6; round += 1) {
      let isOver = false;
      const running = checkpoints.run().finally(() => {
        isOver = true;
      });
      for (let turn = 0; turn < 50 || !isOver; turn += 1) {
        write(5);
        rows += 5;
        await nextTurn();
      }
      await running;
    }
    await checkpoints.run();
    expect(checkpointed()).toBe(rows);
    expect(db.get('PRAGMA integrity_check')).toMatchObject({ integrity_check: 'ok' });
    // In six rounds at least one page for each row was written to it, for most rows two.
    expect(await walBytes()).toBeLessThan(rows * PAGE_BYTES);
  });

  it('run by themselves, some time after a commit', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    write(1);
    checkpoints.committed();
    checkpoints.committed();
    expect(vi.getTimerCount()).toBe(1);
    vi.runAllTimers();
    await checkpoints.close();
    expect(checkpointed()).toBe(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('leave to the next one the pages that a reader needs in the WAL', async () => {
    write(1);
    const reader = connect(file);
    reader.run('BEGIN');
    expect(countIn(reader)).toBe(1);
    write(1);
    await checkpoints.run();
    expect(countIn(reader)).toBe(1);
    reader.run('COMMIT');
    reader.close();
    await checkpoints.run();
    expect(checkpointed()).toBe(2);
  });

  it('wait for the running one before they are closed', async () => {
    write(200);
    let isOver = false;
    void checkpoints.run().then(() => {
      isOver = true;
    });
    db.close();
    await checkpoints.close();
    expect(isOver).toBe(true);
    const again = connect(file);
    expect(countIn(again)).toBe(200);
    again.close();
  });
});
