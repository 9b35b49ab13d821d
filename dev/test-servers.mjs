import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { chromiumFor, needsChromium } from './chromium.mjs';
import { ensureKafkaClient } from './install.mjs';
import { ROOT, StepFailure, say } from './run.mjs';
import { NAMES, up } from './servers/index.mjs';

/** The variable of each server's address. */
const VARIABLES = {
  redis: 'TEST_REDIS_URL',
  kafka: 'TEST_KAFKA_BROKERS',
  mysql: 'TEST_MYSQL_URL',
  mongodb: 'TEST_MONGODB_URL',
};

/** What a run of all tests needs. */
export const ALL_NEEDS = { servers: NAMES, chromium: true };

/**
 * What the chosen test files need: a file asks for a server by naming its variable.
 *
 * @param {readonly string[]} sources the texts of the files
 * @param {NodeJS.ProcessEnv} env
 */
export const needsOf = (sources, env) => ({
  servers: serversFor(sources, env),
  chromium: needsChromium(sources, env),
});

/**
 * Starts the servers that the chosen test files ask for, and only those. A variable that is set already is not changed.
 * `problems` lists what can't run here; the tests that need it skip themselves.
 *
 * @param {readonly string[]} sources the texts of the files
 * @param {NodeJS.ProcessEnv} env
 */
export async function startTestServers(sources, env) {
  const wanted = serversFor(sources, env);
  const browser = await chromiumFor(sources, env);
  const problems = [...browser.problems];
  const hasKafkaClient = !wanted.includes('kafka') || (await hasCompiled(problems));
  const only = hasKafkaClient ? wanted : wanted.filter((name) => name !== 'kafka');
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

/** Whether there is a Kafka client; why not is added to the problems. */
async function hasCompiled(problems) {
  try {
    await ensureKafkaClient();
    return true;
  } catch (error) {
    if (!(error instanceof StepFailure)) throw error;
    problems.push(error.message);
    return false;
  }
}

/** The servers whose variables these sources name and the environment doesn't set. */
export function serversFor(sources, env) {
  return Object.entries(VARIABLES)
    .filter(([, variable]) => !env[variable] && sources.some((source) => source.includes(variable)))
    .map(([name]) => name);
}

/** The servers' own names, such as `REDIS_URL`, with the prefix that keeps tests away from a real installation. */
function testVariables(urls) {
  return Object.fromEntries(Object.entries(urls).map(([name, url]) => [`TEST_${name}`, url]));
}

/** The texts of the test files that vitest chooses by these arguments: asking vitest covers every filter that it knows. */
export function chosenSources(args) {
  const list = ['node_modules/vitest/vitest.mjs', 'list', '--filesOnly', ...args];
  const { stdout } = spawnSync(process.execPath, list, { cwd: ROOT, encoding: 'utf8' });
  const files = [...stdout.matchAll(/^\[\w+\] (\S.*)$/gm)].map(([, file]) => file);
  // The tests of this tool name the variables without needing the servers.
  return files.filter((file) => !file.startsWith('dev/')).map((file) => readFileSync(resolve(ROOT, file), 'utf8'));
}
