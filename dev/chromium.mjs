import { existsSync } from 'node:fs';
import { say } from './run.mjs';
import { programs } from './servers/apt.mjs';
import { Impossible } from './servers/impossible.mjs';
import { find } from './servers/run.mjs';

/** Where a test finds the browser's program. */
const VARIABLE = 'TEST_CHROMIUM';

/** What Chromium and its relatives are called. */
const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];

/** Outside of any PATH. */
const APPLICATIONS = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/**
 * The browser, if these sources ask for it by its variable and the environment doesn't set it; installed where it is
 * missing and that can be done.
 *
 * @param {readonly string[]} sources
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<{ env: Record<string, string>, problems: string[] }>}
 */
export async function chromiumFor(sources, env) {
  if (env[VARIABLE] || !sources.some((source) => source.includes(VARIABLE))) return { env: {}, problems: [] };
  try {
    return { env: { [VARIABLE]: await chromium() }, problems: [] };
  } catch (error) {
    return { env: {}, problems: [error instanceof Impossible ? error.message : `no Chromium: ${error.message}`] };
  }
}

async function chromium() {
  const here = NAMES.map(find).find(Boolean) ?? APPLICATIONS.find(existsSync);
  if (here !== undefined) return here;
  const [installed] = await programs(['chromium'], ['chromium'], say);
  return installed;
}
