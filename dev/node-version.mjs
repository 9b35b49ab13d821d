import { readFileSync } from 'node:fs';

/**
 * Why this Node can't run the project; undefined when it can. Old versions have to parse this file and those that import
 * it, so they use no syntax newer than 2020.
 *
 * @param {string} version such as process.versions.node
 * @param {string} required the engines field: `>=major.minor`
 */
export function versionProblem(version, required) {
  const [major, minor] = version.split('.').map(Number);
  const [neededMajor, neededMinor] = required.replace('>=', '').split('.').map(Number);
  if (major > neededMajor || (major === neededMajor && minor >= neededMinor)) return undefined;
  return `Floodgate needs Node ${neededMajor}.${neededMinor} or newer; this is Node ${version}.`;
}

/** Ends the process with one line of explanation when this Node is too old. */
export function checkNodeVersion() {
  const { engines } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  const problem = versionProblem(process.versions.node, engines.node);
  if (problem === undefined) return;
  console.error(problem);
  process.exit(1);
}
