import { readdir, readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import type { PageFile } from '../api/page-routes.ts';

/** Where the build puts the page, beside the compiled program. */
export const PAGE_FOLDER = new URL('../../web/', import.meta.url);

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

const OTHER_TYPE = 'application/octet-stream';

/** Reads the built page. Empty where there is none: built by the compiler alone, or run from the sources. */
export async function readPage(folder: URL): Promise<readonly PageFile[]> {
  const index = await fileIn(new URL('index.html', folder));
  if (index === undefined) return [];
  const assets = new URL('assets/', folder);
  const names = await readdir(assets);
  return [
    { path: '/', contentType: typeOf('index.html'), body: index, immutable: false },
    ...(await Promise.all(
      names.map(async (name) => ({
        path: `/assets/${name}`,
        contentType: typeOf(name),
        body: await readFile(new URL(name, assets)),
        immutable: true,
      })),
    )),
  ];
}

async function fileIn(url: URL): Promise<Uint8Array | undefined> {
  try {
    return await readFile(url);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function typeOf(name: string): string {
  return TYPES[extname(name)] ?? OTHER_TYPE;
}
