import { demandNode } from './node-version.mjs';

demandNode();

// Imported only now: an old Node could not even read them.
const { main } = await import('./run.mjs');
const { ensureInstalled } = await import('./install.mjs');
const { ensureBuilt } = await import('./build.mjs');
const { runVitest } = await import('./vitest.mjs');
const { summaryOf } = await import('./test-counts.mjs');

await main(async () => {
  await ensureInstalled();
  // Integration tests run the build, and so do the tests of worker threads.
  await ensureBuilt();

  const counts = await runVitest(process.argv.slice(2), process.env);
  console.log(summaryOf(counts));
  if (counts.failed > 0) process.exitCode = 1;
});
