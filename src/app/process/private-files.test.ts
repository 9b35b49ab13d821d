import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type TempFolder, tempFolder } from '../../../test/support/temp-folder.ts';
import { databaseFile } from '../adapters/embedded.ts';
import { makeDataFolder } from './data-folder.ts';
import { tightenDataFolder } from './private-files.ts';

const FILES = ['floodgate.db', 'floodgate.db-wal', 'floodgate.db-shm', 'jwt-secret'];

describe('the data folder', () => {
  let folder: TempFolder;
  let dataDir: string;
  let warnings: unknown[];
  const log = { warn: (...args: readonly unknown[]) => void warnings.push(args) };

  beforeEach(() => {
    folder = tempFolder();
    dataDir = join(folder.path, 'parent', 'data');
    warnings = [];
  });
  afterEach(() => folder.remove());

  const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);
  const installation = (mode: number): void => {
    mkdirSync(dataDir, { recursive: true });
    for (const name of FILES) {
      writeFileSync(join(dataDir, name), name);
      chmodSync(join(dataDir, name), mode);
    }
    chmodSync(dataDir, 0o755);
  };

  it('is made for its owner only, and so is the database in it', async () => {
    const file = await databaseFile(dataDir);
    expect([modeOf(dataDir), modeOf(file)]).toEqual(['700', '600']);
  });

  it('has a database in WAL mode before anybody opens it: the switch refuses a second connection at once', async () => {
    const [readVersion, writeVersion] = readFileSync(await databaseFile(dataDir)).subarray(18, 20);
    expect([readVersion, writeVersion]).toEqual([2, 2]);
    expect(readdirSync(dataDir)).toEqual(['floodgate.db']);
  });

  it('is not changed by making it again', async () => {
    installation(0o644);
    await makeDataFolder(dataDir);
    await databaseFile(dataDir);
    expect(readFileSync(join(dataDir, 'floodgate.db'), 'utf8')).toBe('floodgate.db');
    expect(modeOf(dataDir)).toBe('755');
  });

  it.each([0o644, 0o664, 0o777, 0o640])('of an earlier release is closed to others, files of mode %o', async (mode) => {
    installation(mode);
    await tightenDataFolder(dataDir, log);
    expect([dataDir, ...FILES.map((name) => join(dataDir, name))].map(modeOf)).toEqual([
      '700',
      ...Array(4).fill('600'),
    ]);
    expect(warnings).toEqual([]);
  });

  it('that is shared with other files keeps its mode, with a warning', async () => {
    installation(0o644);
    writeFileSync(join(dataDir, 'notes.txt'), '', { mode: 0o644 });
    await tightenDataFolder(dataDir, log);
    expect(FILES.map((name) => modeOf(join(dataDir, name)))).toEqual(Array(4).fill('600'));
    expect([modeOf(dataDir), modeOf(join(dataDir, 'notes.txt'))]).toEqual(['755', '644']);
    expect(warnings).toEqual([[{ path: dataDir, mode: '755' }, expect.stringContaining('open to other users')]]);
  });

  it('that is not there, or not an installation’s, is not changed', async () => {
    await tightenDataFolder(dataDir, log);
    mkdirSync(dataDir, { recursive: true, mode: 0o755 });
    await tightenDataFolder(dataDir, log);
    expect([modeOf(dataDir), warnings]).toEqual(['755', []]);
  });
});
