import { readdir, readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import type { PageFile } from '../../api/pages/routes.ts';

/** Where the build puts the page, next to the compiled program. */
export const PAGE_FOLDER = new URL('../../../web/', import.meta.url);

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

const OTHER_TYPE = 'application/octet-stream';

/** Reads the built page. Empty if there is none: compiled without the page, or run from source. */
export async function readPage(folder: URL): Promise<readonly PageFile[]> {
  const assets = new URL('assets/', folder);
  const names = await namesIn(assets);
  if (names === undefined) return [];
  const index = { path: '/', immutable: false, ...(await fileAt(new URL('index.html', folder))) };
  const others = names.map(async (name) => ({
    ...{ path: `/assets/${name}`, immutable: true },
    ...(await fileAt(new URL(name, assets))),
  }));
  return [index, ...(await Promise.all(others))];
}

async function namesIn(folder: URL): Promise<readonly string[] | undefined> {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function fileAt(url: URL): Promise<Pick<PageFile, 'contentType' | 'body'>> {
  return { contentType: TYPES[extname(url.pathname)] ?? OTHER_TYPE, body: await readFile(url) };
}
