import { demandNode } from './node-version.mjs';

demandNode();

// Imported only now: an old Node could not even read them.
const { main, ROOT } = await import('./run.mjs');
const { ensureInstalled } = await import('./install.mjs');
const { ensureBuilt } = await import('./build.mjs');
const { fileURLToPath, pathToFileURL } = await import('node:url');

/** `npm start` gives a newcomer something to buy; `npm start -- serve` is the same without the demo's sales. */
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
  // In this very process: signals go straight to the server, and nothing is left behind when it dies.
  await import(program.href);
}
