import { cpSync, linkSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BUILT_WORKER } from '../../../test/contract/embedded-file.ts';
import { type TempFolder, tempFolder } from '../../../test/support/temp-folder.ts';
import type { Fault } from '../../domain/errors.ts';
import { connect } from './database.ts';
import { type Engine, openEngine } from './engine.ts';

/** What happens to the files of a running engine, and whether all that it acknowledged is in the database afterwards. */
const LOSSES: readonly (readonly [what: string, lose: (folder: string, file: string) => void, isRescued: boolean])[] = [
  ['its WAL is removed', (_, file) => rmSync(`${file}-wal`), true],
  ['its WAL and its shared memory are removed', (_, file) => [rmSync(`${file}-wal`), rmSync(`${file}-shm`)], true],
  ['its shared memory is removed', (_, file) => rmSync(`${file}-shm`), true],
  ['its WAL is replaced', (_, file) => [rmSync(`${file}-wal`), writeFileSync(`${file}-wal`, '')], false],
  ['the database is removed', (_, file) => rmSync(file), false],
  ['a copy is put in the place of the database', (_, file) => replace(file), false],
  ['the folder is removed', (folder) => rmSync(folder, { recursive: true }), false],
  ['the folder is moved away', (folder) => renameSync(folder, `${folder}-moved`), false],
  [
    'the folder is moved away, and a copy put in its place',
    (folder) => [renameSync(folder, `${folder}-moved`), cpSync(`${folder}-moved`, folder, { recursive: true })],
    false,
  ],
];

function replace(file: string): void {
  cpSync(file, `${file}.copy`);
  renameSync(`${file}.copy`, file);
}

describe.each([
  ['in the thread of its caller', false],
  ['in its own thread', BUILT_WORKER],
] as const)('an engine %s', (_, thread) => {
  let folder: TempFolder;
  let dataDir: string;
  let file: string;
  let engine: Engine;
  let lost: Fault[];

  beforeEach(async () => {
    folder = tempFolder();
    dataDir = join(folder.path, 'data');
    mkdirSync(dataDir);
    file = join(dataDir, 'test.db');
    lost = [];
    engine = await openEngine({ file, thread, onLost: (fault) => lost.push(fault) });
  });
  afterEach(async () => {
    await engine.close();
    folder.remove();
  });

  it.each(LOSSES)('acknowledges nothing after %s', async (_what, lose, isRescued) => {
    await Promise.all(['a', 'b', 'c'].map((text) => engine.call('log.append', text)));
    lose(dataDir, file);
    const late = await Promise.allSettled(['d', 'e'].map((text) => engine.call('log.append', text)));
    // Without the shared memory alone, a commit is as safe as before; its loss is found a little later.
    await vi.waitFor(() => expect(lost).toHaveLength(1), { timeout: 10_000 });
    const refusal = {
      code: 'unavailable',
      message: expect.stringContaining('was removed or replaced while it was open'),
    };
    await expect(engine.call('ping', null)).rejects.toMatchObject(refusal);
    await expect(engine.call('log.append', 'f')).rejects.toMatchObject(refusal);
    expect(lost).toMatchObject([refusal]);
    await engine.close();
    if (!isRescued) {
      expect(late.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
      return;
    }
    // As a copy: the files of this process are still open.
    cpSync(file, `${file}.copy`);
    const copy = connect(`${file}.copy`);
    const payloads = copy
      .all<{ payload: string }>('SELECT payload FROM log ORDER BY rowid')
      .map(({ payload }) => payload);
    copy.close();
    const acknowledged = ['d', 'e'].filter((_text, i) => late[i]?.status === 'fulfilled');
    expect(payloads).toEqual(expect.arrayContaining(['a', 'b', 'c', ...acknowledged]));
  });

  it('goes on when its files get another name as well, or are copied', async () => {
    await engine.call('log.append', 'a');
    linkSync(file, `${file}.link`);
    cpSync(dataDir, `${dataDir}-backup`, { recursive: true });
    await engine.call('log.append', 'b');
    expect(await engine.call('log.lag', 'a group')).toBe(2);
    expect(lost).toEqual([]);
  });
});
