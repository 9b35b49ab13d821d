import { missingChromium } from './chromium.mjs';
import { missingKafkaClient, missingPackages } from './install.mjs';
import { missingServers } from './servers/index.mjs';

/**
 * One thing that has to be installed, downloaded or built first.
 *
 * @typedef {{ what: string, seconds: number }} Step `seconds`: typical of two cores and a fast network
 */

/**
 * What this machine lacks of what a test run needs.
 *
 * @param {{ servers: readonly string[], chromium: boolean }} needs
 * @returns {Promise<Step[]>} in the order in which they will be done
 */
export async function missingSteps({ servers, chromium }) {
  const steps = [
    missingPackages(),
    chromium ? missingChromium() : undefined,
    ...(servers.includes('kafka') ? missingKafkaClient() : []),
    ...(await missingServers(servers)),
  ];
  return steps.filter((step) => step !== undefined);
}

/** The steps as lines to print; none when nothing is missing. */
export function preparationText(steps) {
  if (steps.length === 0) return [];
  const total = steps.reduce((sum, { seconds }) => sum + seconds, 0);
  return [
    `this machine lacks some of what the tests need; installing it takes about ${durationText(total)} once:`,
    ...steps.map(({ what, seconds }) => `  ${what}: about ${durationText(seconds)}`),
  ];
}

function durationText(seconds) {
  if (seconds < 60) return `${seconds} s`;
  // Halves of a minute: the times are rough.
  const minutes = Math.round(seconds / 30) / 2;
  return `${minutes} ${minutes === 1 ? 'minute' : 'minutes'}`;
}
