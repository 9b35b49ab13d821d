import { checkNodeVersion } from './node-version.mjs';

checkNodeVersion();

// Imported after the check, because an old Node could not parse them.
const { main, ROOT } = await import('./run.mjs');
const { ensureInstalled } = await import('./install.mjs');
const { ensureBuilt } = await import('./build.mjs');
const { fileURLToPath, pathToFileURL } = await import('node:url');

/** `npm start` offers something to buy at once; `npm start -- serve` is the same without the demo's sales. */
const DEFAULT_COMMAND = 'demo';

await main(async () => {
  await ensureInstalled();
  await ensureBuilt();
});

if (process.exitCode === undefined) {
  const args = process.argv.slice(2);
  const named = args[0] !== undefined && !args[0].startsWith('-');
  const program = new URL('dist/src/main.js', pathToFileURL(ROOT));
  process.argv.splice(1, process.argv.length, fileURLToPath(program), ...(named ? args : [DEFAULT_COMMAND, ...args]));
  // In this process, so that signals reach the server, and no other process remains when it ends.
  await import(program.href);
}
