import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type TempFolder, tempFolder } from '../../../test/support/temp-folder.ts';
import { isFault } from '../../domain/errors.ts';
import { type Connection, connect, type Db } from './database.ts';
import { GroupCommit } from './group-commit.ts';
import { type AnyOp, deferrable, reading, writing } from './ops/op.ts';

const OPS = {
  add: writing((db, name: string) => db.run('INSERT INTO things (name) VALUES (?)', name)),
  addThenThrow: writing((db, name: string) => {
    db.run('INSERT INTO things (name) VALUES (?)', name);
    throw new Error('not me');
  }),
  /** Takes so many pages. */
  addHuge: writing((db, pages: number) => db.run('INSERT INTO things (name) VALUES (zeroblob(? * 4096))', pages)),
  note: deferrable(writing((db, name: string) => db.run('INSERT INTO things (name) VALUES (?)', name))),
  /** Each call is answered with how many ran together; one named `bad` fails all of them. */
  addAlike: {
    ...writing((db, name: string) => {
      if (name === 'bad') throw new Error('not me');
      db.run('INSERT INTO things (name) VALUES (?)', name);
      return 'alone';
    }),
    together: {
      keyOf: (name: string) => name[0] ?? '',
      run: (db: Db, names: readonly string[]) => {
        if (names.includes('bad')) throw new Error('not us');
        for (const name of names) db.run('INSERT INTO things (name) VALUES (?)', name);
        return names.map(() => `${names.length} together`);
      },
    },
  },
  names: reading((db, _args: null) => db.all<{ name: string }>('SELECT name FROM things').map(({ name }) => name)),
} satisfies Record<string, AnyOp>;

/** Long enough to distinguish it from not waiting at all. */
const BUSY_LIMIT_MS = 50;

describe('a group commit', () => {
  let folder: TempFolder;
  let file: string;
  let db: Connection;
  let other: Connection;
  let commits: number;
  let groups: GroupCommit;

  beforeEach(async () => {
    folder = await tempFolder();
    file = join(folder.path, 'test.db');
    other = connect(file);
    other.run('CREATE TABLE things (name TEXT UNIQUE)');
    const plain = connect(file);
    commits = 0;
    db = {
      ...plain,
      get inTransaction() {
        return plain.inTransaction;
      },
      run: (sql, ...params) => {
        if (sql === 'COMMIT') commits += 1;
        return plain.run(sql, ...params);
      },
    };
    groups = new GroupCommit(db, OPS, { busyLimitMs: BUSY_LIMIT_MS, groupMs: Number.POSITIVE_INFINITY });
  });
  afterEach(async () => {
    vi.useRealTimers();
    groups.close();
    other.close();
    await folder.remove();
  });

  const call = (op: keyof typeof OPS, args: unknown): Promise<unknown> =>
    new Promise((resolve, reject) => groups.submit({ op, args, resolve, reject }));
  const stored = (): string[] => other.all<{ name: string }>('SELECT name FROM things').map(({ name }) => name);

  /** Deferred calls run when the thread is idle and never by their timer, however slow the disk is. */
  const stopDeferralTimer = () => vi.useFakeTimers({ toFake: ['setTimeout'] });

  it('runs deferred calls together when a commit has left no other call', async () => {
    stopDeferralTimer();
    const noted = [call('note', 'deferred'), call('note', 'deferred, too')];
    await call('add', 'urgent');
    expect(stored()).toEqual(['urgent']);
    await Promise.all(noted);
    expect(commits).toBe(2);
    expect(stored()).toEqual(['urgent', 'deferred', 'deferred, too']);
  });

  it('runs calls that follow the answers of a commit before a deferred call', async () => {
    stopDeferralTimer();
    const noted = call('note', 'deferred');
    await call('add', 'a');
    await call('add', 'b');
    expect(stored()).toEqual(['a', 'b']);
    await noted;
    expect(stored()).toEqual(['a', 'b', 'deferred']);
  });

  it('runs a deferred call after a while although others come without a pause', async () => {
    let isNoted = false;
    const noted = call('note', 'deferred').then(() => {
      isNoted = true;
    });
    let urgent = 0;
    while (!isNoted) {
      urgent += 1;
      await call('add', `urgent ${urgent}`);
    }
    await noted;
    expect(stored()).toContain('deferred');
  });

  it('commits a deferred call by itself if no other writes, and after earlier reads', async () => {
    const noted = call('note', 'deferred');
    expect(await call('names', null)).toEqual([]);
    await noted;
    expect(stored()).toEqual(['deferred']);
  });

  it('rolls a deferred call back and runs it again if another call of its group throws', async () => {
    const noted = call('note', 'deferred');
    await expect(call('addThenThrow', 'bad')).rejects.toThrow('not me');
    await noted;
    expect(stored()).toEqual(['deferred']);
  });

  it('commits all calls of a tick together, and answers each', async () => {
    expect(await Promise.all([call('add', 'a'), call('add', 'b'), call('names', null)])).toEqual([1, 1, ['a', 'b']]);
    expect(commits).toBe(1);
  });

  it('runs the other calls in another transaction, in their order, when one has used up its time', async () => {
    groups = new GroupCommit(db, OPS, { busyLimitMs: BUSY_LIMIT_MS, groupMs: -1 });
    const noted = call('note', 'deferred');
    const results = await Promise.all([call('add', 'a'), call('names', null), call('add', 'b'), call('names', null)]);
    await noted;
    expect(results).toEqual([1, ['a'], 1, ['a', 'b']]);
    expect(stored().toSorted()).toEqual(['a', 'b', 'deferred']);
    expect(commits).toBe(5);
  });

  it('has stored what it answers', async () => {
    await call('add', 'a');

    expect(stored()).toEqual(['a']);
  });

  it('rolls back a call that throws, and no other call of its group', async () => {
    const results = await Promise.allSettled([call('add', 'a'), call('addThenThrow', 'b'), call('add', 'c')]);

    expect(results).toMatchObject([{ value: 1 }, { reason: { message: 'not me' } }, { value: 1 }]);
    expect(stored()).toEqual(['a', 'c']);
  });

  it('rejects the later of two calls that conflict', async () => {
    const results = await Promise.allSettled([call('add', 'a'), call('add', 'a'), call('add', 'b')]);

    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(stored()).toEqual(['a', 'b']);
  });

  it('refuses an unknown op', async () => {
    await expect(call('drop' as 'add', 'a')).rejects.toThrow('drop');
  });

  it('splits what is too much for one transaction, and keeps the order', async () => {
    const names = Array.from({ length: 200 }, (_, i) => `n${i}`);
    await Promise.all(names.map((name) => call('add', name)));

    expect(stored()).toEqual(names);
    expect(commits).toBeGreaterThan(1);
    expect(commits).toBeLessThan(10);
  });

  it('runs calls of one op together, up to one of another op, or of a key that came before', async () => {
    const names = ['a1', 'b1', 'a2', 'c1'];
    const alike = names.map((name) => call('addAlike', name));
    const other = call('add', 'x');
    const last = call('addAlike', 'd1');
    expect(await Promise.all([...alike, other, last])).toEqual([
      ...['2 together', '2 together', '2 together', '2 together'],
      ...[1, 'alone'],
    ]);
    expect(stored()).toEqual([...names, 'x', 'd1']);
    expect(commits).toBe(1);
  });

  it('runs calls that failed together each by itself', async () => {
    const results = await Promise.allSettled(['a1', 'bad', 'c1'].map((name) => call('addAlike', name)));
    expect(results).toMatchObject([{ value: 'alone' }, { reason: { message: 'not me' } }, { value: 'alone' }]);
    expect(stored()).toEqual(['a1', 'c1']);
  });

  it('waits for another writer without blocking the thread', async () => {
    other.run('BEGIN IMMEDIATE');
    other.run('INSERT INTO things (name) VALUES (?)', 'theirs');
    // More than one group, so that a group that has to wait could be overtaken.
    const names = Array.from({ length: 100 }, (_, i) => `mine ${i}`);
    const mine = names.map((name) => call('add', name));
    // As for a writer in this very process, which needs turns of the event loop to commit.
    for (let turns = 0; turns < 20; turns += 1) await new Promise(setImmediate);
    other.run('COMMIT');
    await Promise.all(mine);

    expect(stored()).toEqual(['theirs', ...names]);
  });

  it('rejects calls if another writer never ends, and works again after it has', async () => {
    other.run('BEGIN IMMEDIATE');
    const results = await Promise.allSettled([call('add', 'a'), call('add', 'b')]);
    other.run('ROLLBACK');

    expect(results.map((result) => result.status === 'rejected' && isFault(result.reason, 'unavailable'))).toEqual([
      true,
      true,
    ]);
    await call('add', 'c');
    expect(stored()).toEqual(['c']);
  });

  it('reads while another connection writes', async () => {
    await call('add', 'a');
    other.run('BEGIN IMMEDIATE');

    expect(await call('names', null)).toEqual(['a']);
    other.run('ROLLBACK');
  });

  it('rejects what does not fit on the disk, keeps what was stored, and goes on', async () => {
    await call('add', 'a');
    const { page_count: pages } = other.get<{ page_count: number }>('PRAGMA page_count') ?? { page_count: 0 };
    db.all(`PRAGMA max_page_count = ${pages + 2}`);
    const results = await Promise.allSettled([call('addHuge', 10), call('add', 'b')]);

    expect(results.map((result) => result.status === 'rejected' && isFault(result.reason, 'unavailable'))).toEqual([
      true,
      true,
    ]);
    await call('add', 'c');
    expect(stored()).toEqual(['a', 'c']);
  });

  it('reports each commit that wrote, before it answers', async () => {
    const reported: number[] = [];
    groups = new GroupCommit(db, OPS, { onCommit: () => reported.push(stored().length) });
    await Promise.all([call('add', 'a'), call('add', 'b')]);
    expect(reported).toEqual([2]);
    await call('names', null);
    await expect(call('addThenThrow', 'bad')).rejects.toThrow('not me');
    expect(reported).toEqual([2]);
  });

  it('rejects calls that still wait when it is closed', async () => {
    const waiting = call('add', 'a');
    groups.close();

    await expect(waiting).rejects.toMatchObject({ code: 'unavailable' });
    expect(stored()).toEqual([]);
    groups = new GroupCommit(connect(file), OPS);
  });
});
