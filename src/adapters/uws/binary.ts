import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { repairBinary } from './repair.ts';

type UWebSockets = typeof import('uWebSockets.js');

/**
 * uWebSockets.js, with its parser repaired (see {@link repairBinary}); an exception where it has no binary that loads or that
 * can be repaired. Unrepaired it would sell under a key that has lost its last letters, and the next buyer with such a key
 * would get that order.
 */
export const uWS: UWebSockets = load();

function load(): UWebSockets {
  const binary = readBinary();
  // On other processors of Linux characters are unsigned, and the parser trims blanks only.
  const trimsBlanksOnly = process.platform === 'linux' && process.arch !== 'x64';
  if (!repairBinary(binary) && !trimsBlanksOnly) throw new Error('its parser cuts header values, and was not repaired');
  // Private to this user: no other user can replace the file before it is loaded.
  const folder = mkdtempSync(join(tmpdir(), 'floodgate-uws-'));
  try {
    const file = join(folder, 'uws.node');
    writeFileSync(file, binary, { mode: 0o700 });
    const module = { exports: {} };
    process.dlopen(module, file, constants.dlopen.RTLD_LAZY);
    return module.exports as UWebSockets;
  } finally {
    // What is loaded stays in memory. Windows keeps the file until the process ends.
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * uws-pack has newer binaries for Node 18 to 22, which need an older libc; uWebSockets.js has those for the other versions. Its
 * own for Node 20 sells 2 to 5 % more with 128 buyers at once, and leaves a header with `_` in its name without an answer.
 */
function readBinary(): Buffer {
  const name = `uws_${process.platform}_${process.arch}_${process.versions.modules}.node`;
  const main = folderOf('uWebSockets.js');
  const files = [join(folderOf('uws-pack'), 'bin', name), join(main, name)];
  const file = files.find((path) => existsSync(path));
  if (file === undefined) throw new Error(`there is no ${name}`);
  return readFileSync(file);
}

/** The folder of a package's main file. */
function folderOf(name: string): string {
  return dirname(fileURLToPath(import.meta.resolve(name)));
}
