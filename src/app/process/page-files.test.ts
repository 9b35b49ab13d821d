import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readPage } from './page-files.ts';

let path: string;
let folder: URL;

beforeEach(async () => {
  path = await mkdtemp(join(tmpdir(), 'floodgate-page-'));
  folder = pathToFileURL(`${path}/`);
});

afterEach(() => rm(path, { recursive: true, force: true }));

describe('the built page', () => {
  it('is read with its assets, each with its content type', async () => {
    await mkdir(join(path, 'assets'));
    for (const name of ['index.html', 'assets/a-1.js', 'assets/a-2.css', 'assets/a-3.bin']) {
      await writeFile(join(path, name), name);
    }
    const files = (await readPage(folder)).map((file) => ({ ...file, body: new TextDecoder().decode(file.body) }));
    expect(files.sort((a, b) => a.path.localeCompare(b.path))).toEqual([
      { path: '/', contentType: 'text/html; charset=utf-8', body: 'index.html', immutable: false },
      { path: '/assets/a-1.js', contentType: 'text/javascript; charset=utf-8', body: 'assets/a-1.js', immutable: true },
      { path: '/assets/a-2.css', contentType: 'text/css; charset=utf-8', body: 'assets/a-2.css', immutable: true },
      { path: '/assets/a-3.bin', contentType: 'application/octet-stream', body: 'assets/a-3.bin', immutable: true },
    ]);
  });

  it('is empty where nothing was built', async () => {
    expect(await readPage(folder)).toEqual([]);
    expect(await readPage(new URL('missing/', folder))).toEqual([]);
  });
});
