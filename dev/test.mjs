import { demandNode } from './node-version.mjs';

demandNode();

// Imported only now: an old Node could not even read them.
const { main } = await import('./run.mjs');
const { ensureInstalled } = await import('./install.mjs');
const { ensureBuilt } = await import('./build.mjs');
const { startTestServers } = await import('./test-servers.mjs');
const { runVitest } = await import('./vitest.mjs');
const { summaryOf } = await import('./test-counts.mjs');

await main(async () => {
  const args = process.argv.slice(2);
  await ensureInstalled();
  // Integration tests run the build, and so do the tests of worker threads.
  await ensureBuilt();

  const servers = await startTestServers(args, process.env);
  const counts = await runVitest(args, { ...process.env, ...servers.env }).finally(servers.stop);

  for (const problem of servers.problems) console.error(`\nSKIPPED what needs a server that can't run: ${problem}`);
  // A person may lack a server; where the result decides, what was not tested has not passed.
  if (process.env.CI) counts.failed += servers.problems.length;
  console.log(summaryOf(counts));
  if (counts.failed > 0) process.exitCode = 1;
});
