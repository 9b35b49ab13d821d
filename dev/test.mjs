import { checkNodeVersion } from './node-version.mjs';

checkNodeVersion();

// Imported after the check, because an old Node could not parse them.
const { main, say } = await import('./run.mjs');
const { ensureInstalled, missingPackages } = await import('./install.mjs');
const { ensureBuilt } = await import('./build.mjs');
const { missingSteps, preparationText } = await import('./preparation.mjs');
const { ALL_NEEDS, chosenSources, needsOf, startTestServers } = await import('./test-servers.mjs');
const { runVitest } = await import('./vitest.mjs');
const { summaryOf } = await import('./test-counts.mjs');

const NO_NEEDS = { servers: [], chromium: false };

async function announce(needs) {
  for (const line of preparationText(await missingSteps(needs))) say(line);
}

await main(async () => {
  const args = process.argv.slice(2);
  // Only vitest knows which files its arguments choose, so before it is installed a run of some tests is announced in part.
  const isInstalled = missingPackages() === undefined;
  if (!isInstalled) await announce(args.length === 0 ? ALL_NEEDS : NO_NEEDS);
  await ensureInstalled();
  const sources = chosenSources(args);
  if (isInstalled || args.length > 0) await announce(needsOf(sources, process.env));

  // Integration tests and the tests of worker threads run the build.
  await ensureBuilt();
  const servers = await startTestServers(sources, process.env);
  const counts = await runVitest(args, { ...process.env, ...servers.env }).finally(servers.stop);

  for (const problem of servers.problems) console.error(`\nSKIPPED what needs a server that can't run: ${problem}`);
  // On a developer's machine a server may be missing; in CI a test that was skipped has not passed.
  if (process.env.CI) counts.failed += servers.problems.length;
  console.log(summaryOf(counts));
  if (counts.failed > 0) process.exitCode = 1;
});
