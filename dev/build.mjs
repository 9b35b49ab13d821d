import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureInstalled, exclusively } from './install.mjs';
import { checkNodeVersion } from './node-version.mjs';
import { main, ROOT, run, say } from './run.mjs';

const CONFIG = 'tsconfig.json';

/** Files besides the sources that the output depends on. */
const BUILD_FILES = [CONFIG, 'package-lock.json', 'dev/build-web.mjs'];

/** Folders of the repository that the compiler includes. */
const SOURCE_FOLDERS = JSON.parse(readFileSync(join(ROOT, CONFIG), 'utf8')).include;

/** The page's sources, besides src/client. */
const PAGE_FOLDER = 'web';

/** Files that the code reads at run time, and that the compiler does not copy. */
const ASSETS = /\.(lua|html|svg)$/;

const COMPILED = /\.(js(\.map)?|d\.ts)$/;

const STAMP = join(ROOT, 'dist/.built');

/** A full build takes 10 s on two busy cores. */
const BUILD_TIMEOUT_MS = 300_000;

/** Builds dist if the sources have changed; returns whether it did. */
export async function ensureBuilt() {
  if (readStamp() === fingerprint()) return false;
  return exclusively(async () => {
    const wanted = fingerprint();
    if (readStamp() === wanted) return false;
    say(`building (${existsSync(STAMP) ? 'the sources changed' : 'there is no build'})`);
    // Removed first, so that an interrupted build does not look complete.
    rmSync(STAMP, { force: true });
    await Promise.all([
      run('The build', process.execPath, ['node_modules/typescript/bin/tsc', '-p', '.'], {
        timeoutMs: BUILD_TIMEOUT_MS,
      }),
      run('The build of the page', process.execPath, ['dev/build-web.mjs'], { timeoutMs: BUILD_TIMEOUT_MS }),
    ]);
    copyAssets();
    removeOrphans();
    writeFileSync(STAMP, wanted);
    return true;
  });
}

/** Size and time of each source. Reading the contents would delay each start noticeably. */
function fingerprint() {
  const files = [...[...SOURCE_FOLDERS, PAGE_FOLDER].flatMap(filesUnder), ...BUILD_FILES].filter(
    (file) => !file.endsWith('.test.ts'),
  );
  const hash = createHash('sha256').update(process.versions.node);
  for (const file of files.sort()) {
    const { size, mtimeMs } = statSync(join(ROOT, file));
    hash.update(`${file}\0${size}\0${mtimeMs}\n`);
  }
  return hash.digest('hex');
}

function readStamp() {
  return existsSync(STAMP) ? readFileSync(STAMP, 'utf8') : undefined;
}

/** All files below a folder, as paths relative to the repository. */
function filesUnder(folder) {
  if (!existsSync(join(ROOT, folder))) return [];
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesUnder(path) : [path];
  });
}

function copyAssets() {
  for (const file of SOURCE_FOLDERS.flatMap(filesUnder)) {
    if (!ASSETS.test(file)) continue;
    const target = join(ROOT, 'dist', file);
    mkdirSync(dirname(target), { recursive: true });
    copyFileSync(join(ROOT, file), target);
  }
}

/** Removes output whose source no longer exists: an import of it would work here, but not in a fresh clone. */
function removeOrphans() {
  for (const folder of SOURCE_FOLDERS) {
    for (const file of filesUnder(join('dist', folder))) {
      const source = file.slice('dist/'.length).replace(COMPILED, '.ts');
      if (!existsSync(join(ROOT, source))) rmSync(join(ROOT, file));
    }
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  checkNodeVersion();
  await main(async () => {
    await ensureInstalled();
    if (!(await ensureBuilt())) say('the build is up to date');
  });
}
