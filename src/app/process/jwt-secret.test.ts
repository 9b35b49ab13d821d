import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type TempFolder, tempFolder } from '../../../test/support/temp-folder.ts';
import { existingJwtSecret, jwtSecret } from './jwt-secret.ts';

const OWNER_ONLY = 0o600;

describe('the stored secret', () => {
  let folder: TempFolder;
  let file: string;

  beforeEach(() => {
    folder = tempFolder();
    file = join(folder.path, 'jwt-secret');
  });
  afterEach(() => folder.remove());

  it('is made once, readable by its owner only, and the same for two that start together', async () => {
    const [one, two] = await Promise.all([jwtSecret(folder.path, undefined), jwtSecret(folder.path, undefined)]);
    expect(one).toBe(two);
    expect(one).toMatch(/^[\w-]{64}$/);
    expect(await existingJwtSecret(folder.path, undefined)).toBe(one);
    expect((await stat(file)).mode & 0o777).toBe(OWNER_ONLY);
    expect(await readdir(folder.path)).toEqual(['jwt-secret']);
  });

  it.each([
    ['empty', ''],
    ['blank', ' \n\n'],
    ['three letters', 'abc\n'],
    ['one character too short', `${'x'.repeat(31)}\n`],
  ])('is refused if it is %s, and stays as it is', async (_, content) => {
    await writeFile(file, content);
    const refusal = { code: 'config', message: expect.stringContaining(`${file} must have 32 characters or more`) };
    await expect(jwtSecret(folder.path, undefined)).rejects.toMatchObject(refusal);
    await expect(existingJwtSecret(folder.path, undefined)).rejects.toMatchObject(refusal);
    expect(await readFile(file, 'utf8')).toBe(content);
  });

  it('is accepted with 32 characters, as in the setting', async () => {
    await writeFile(file, `${'x'.repeat(32)}\n`);
    expect(await jwtSecret(folder.path, undefined)).toBe('x'.repeat(32));
  });

  it('is a fault that names the file if it can’t be read', async () => {
    await mkdir(file);
    const refusal = { code: 'config', message: expect.stringContaining(`${file} can't be used: EISDIR`) };
    await expect(jwtSecret(folder.path, undefined)).rejects.toMatchObject(refusal);
    await expect(existingJwtSecret(folder.path, undefined)).rejects.toMatchObject(refusal);
  });

  it('is not made by who only looks for it', async () => {
    for (const path of [folder.path, join(folder.path, 'missing')]) {
      await expect(existingJwtSecret(path, undefined)).rejects.toMatchObject({
        code: 'config',
        message: expect.stringContaining(`DATA_DIR ${path} has no jwt-secret`),
      });
    }
    expect(await readdir(folder.path)).toEqual([]);
  });

  it('is not looked for if one is configured', async () => {
    expect(await jwtSecret(join(folder.path, 'missing'), 'configured')).toBe('configured');
    expect(await existingJwtSecret(join(folder.path, 'missing'), 'configured')).toBe('configured');
    expect(await readdir(folder.path)).toEqual([]);
  });
});
