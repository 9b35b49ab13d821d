import { existsSync } from 'node:fs';
import { say } from './run.mjs';
import { installStep, programs } from './servers/apt.mjs';
import { find, Unsupported } from './servers/run.mjs';

/** The variable that gives tests the path of the browser. */
const VARIABLE = 'TEST_CHROMIUM';

/** The program names of Chromium and the browsers built from it. */
const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];

/** Not on the PATH. */
const APPLICATIONS = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/** Debian's program and package. */
const DEBIAN = ['chromium'];
/** On two cores with a fast network. */
const INSTALL_SECONDS = 45;

/**
 * The browser, if these sources name its variable and the environment doesn't set it. It is installed where it is missing,
 * if possible.
 *
 * @param {readonly string[]} sources
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<{ env: Record<string, string>, problems: string[] }>}
 */
export async function chromiumFor(sources, env) {
  if (!needsChromium(sources, env)) return { env: {}, problems: [] };
  try {
    return { env: { [VARIABLE]: await chromium() }, problems: [] };
  } catch (error) {
    return { env: {}, problems: [error instanceof Unsupported ? error.message : `no Chromium: ${error.message}`] };
  }
}

/** Whether these sources name the browser's variable and the environment doesn't set it. */
export const needsChromium = (sources, env) => !env[VARIABLE] && sources.some((source) => source.includes(VARIABLE));

/** @returns {import('./preparation.mjs').Step | undefined} */
export const missingChromium = () =>
  findChromium() === undefined ? installStep(DEBIAN, DEBIAN, INSTALL_SECONDS) : undefined;

const findChromium = () => NAMES.map(find).find(Boolean) ?? APPLICATIONS.find(existsSync);

async function chromium() {
  const found = findChromium();
  if (found !== undefined) return found;
  const [installed] = await programs(DEBIAN, DEBIAN, say);
  return installed;
}
