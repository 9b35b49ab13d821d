import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { chromiumFor } from './chromium.mjs';
import { ensureKafkaClient } from './install.mjs';
import { ROOT, StepFailure, say } from './run.mjs';
import { up } from './servers/index.mjs';

/** Which server's address stands in which variable. */
const VARIABLES = {
  redis: 'TEST_REDIS_URL',
  kafka: 'TEST_KAFKA_BROKERS',
  mysql: 'TEST_MYSQL_URL',
  mongodb: 'TEST_MONGODB_URL',
};

/**
 * Starts the servers that the chosen test files ask for, and only those: a file asks by naming a variable, and one
 * that is set already is taken as it is. What can't run here stands in `problems`, and its tests skip themselves.
 *
 * @param {readonly string[]} args vitest's
 * @param {NodeJS.ProcessEnv} env
 */
export async function startTestServers(args, env) {
  const sources = chosenFiles(args).map((file) => readFileSync(file, 'utf8'));
  const wanted = serversFor(sources, env);
  const browser = await chromiumFor(sources, env);
  const problems = [...browser.problems];
  if (wanted.includes('kafka')) {
    await ensureKafkaClient().catch((error) => {
      if (!(error instanceof StepFailure)) throw error;
      problems.push(error.message);
    });
  }
  const only = problems.length === 0 ? wanted : wanted.filter((name) => name !== 'kafka');
  if (only.length === 0) return { env: browser.env, problems, stop: async () => {} };

  say(`starting servers for the tests (${only.join(', ')})`);
  try {
    const servers = await up({ only, partial: true, log: say });
    problems.push(...Object.values(servers.missing));
    return { env: { ...browser.env, ...testVariables(servers.urls) }, problems, stop: () => servers.stop() };
  } catch (error) {
    return { env: browser.env, problems: [...problems, error.message], stop: async () => {} };
  }
}

/** The servers whose variables these sources name and the environment doesn't set. */
export function serversFor(sources, env) {
  return Object.entries(VARIABLES)
    .filter(([, variable]) => !env[variable] && sources.some((source) => source.includes(variable)))
    .map(([name]) => name);
}

/** `REDIS_URL` is what a server is called by its tool; tests take theirs from names that no installation sets. */
function testVariables(urls) {
  return Object.fromEntries(Object.entries(urls).map(([name, url]) => [`TEST_${name}`, url]));
}

/** vitest's own choice, so that whatever it accepts as a filter is understood here as well. */
function chosenFiles(args) {
  const list = ['node_modules/vitest/vitest.mjs', 'list', '--filesOnly', ...args];
  const { stdout } = spawnSync(process.execPath, list, { cwd: ROOT, encoding: 'utf8' });
  const files = [...stdout.matchAll(/^\[\w+\] (\S.*)$/gm)].map(([, file]) => file);
  // The tests of this tool name the variables without needing what stands in them.
  return files.filter((file) => !file.startsWith('dev/')).map((file) => resolve(ROOT, file));
}
